// Calls of Amazon's services at moto, and the environment of a function that reads from there.
import type { Moto } from '../fixtures/start-moto.ts';

export interface Amazon {
  readonly environment: Readonly<Record<string, string>>;
  /** `target`: as in `X-Amz-Target`. Throws what was refused. */
  call(service: 'secretsmanager' | 'ssm' | 'events' | 'sqs', target: string, body: object): Promise<Record<string, unknown>>;
}

export function amazonAt({ settings: { endpoint } }: Moto): Amazon {
  const scope = (service: string): string => `Credential=test/20261126/us-east-1/${service}/aws4_request`;
  return {
    environment: { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    async call(service, target, body) {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': `application/x-amz-json-1.${service === 'sqs' ? 0 : 1}`,
          'x-amz-target': target,
          authorization: `AWS4-HMAC-SHA256 ${scope(service)}, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${target}: ${response.status} ${text}`);
      return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    },
  };
}
