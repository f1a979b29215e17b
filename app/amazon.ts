// Calls of Amazon's services that take JSON, signed with the credentials of the process: those that Lambda puts into its environment, else those of a
// container, a machine or a profile. A client library for each service would be a tenth of a function's bundle.
import type { Variables } from './config.ts';

const SERVICE_OF = {
  'secretsmanager.GetSecretValue': 'secretsmanager',
  'AmazonSSM.GetParameter': 'ssm',
  'AWSEvents.PutEvents': 'events',
} as const;

export interface Call {
  /** As in `X-Amz-Target`. */
  readonly target: keyof typeof SERVICE_OF;
  readonly body: object;
  readonly limitMs: number;
}

/** Throws an Error with what the service said, or with what is missing here. */
export async function callAmazon(variables: Variables, { target, body, limitMs }: Call): Promise<Record<string, unknown>> {
  const { AWS_REGION: region, AWS_ENDPOINT_URL } = variables;
  if (!region) throw new Error('AWS_REGION is missing');
  const service = SERVICE_OF[target];
  const [{ AwsClient }, credentials] = await Promise.all([import('aws4fetch'), credentialsIn(variables)]);
  const client = new AwsClient({ ...credentials, service, region, retries: 1 });
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const response = await client.fetch(AWS_ENDPOINT_URL ?? `https://${service}.${region}.${domain}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': target },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(limitMs),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.ok) return answer;
  throw new Error(`${String(answer['__type']).replace(/^.*#/, '')}: ${String(answer['message'] ?? answer['Message'])}`);
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

async function credentialsIn({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN }: Variables): Promise<Credentials> {
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    const session = AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {};
    return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, ...session };
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const { accessKeyId, secretAccessKey, sessionToken } = await defaultProvider()().catch((error: unknown) => {
    throw new Error(`there are no AWS credentials here: ${error instanceof Error ? error.message : String(error)}`);
  });
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
