// What only drey may know. The two secrets made here are made once: another form of their making would make new ones, and with another key the secret
// values in the database cannot be read any more.
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export interface Secrets {
  /** Encrypts the secret values in the database. */
  readonly secretKey: ISecret;
  /** Where tokens are the way in: the first admin's. */
  readonly adminToken?: ISecret;
  readonly temporalApiKey?: ISecret;
}

/** 256 random bits as hexadecimal digits, which is how drey takes a key. */
const KEY_FORM = {
  passwordLength: 64,
  excludeUppercase: true,
  excludePunctuation: true,
  excludeCharacters: 'ghijklmnopqrstuvwxyz',
  requireEachIncludedType: false,
};
const TOKEN_FORM = { passwordLength: 48, excludePunctuation: true };

export function createSecrets(parent: Construct, encryptionKey: IKey, { access, temporal }: Settings): Secrets {
  const scope = new Construct(parent, 'Secrets');
  const make = (id: string, description: string, generateSecretString: typeof TOKEN_FORM): Secret => {
    const secret = new Secret(scope, id, { description, encryptionKey, generateSecretString, removalPolicy: RemovalPolicy.RETAIN });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new key needs the old one beside it until every value is encrypted anew, and a token is replaced through the API: both are rotated by hand.',
    });
    return secret;
  };
  return {
    secretKey: make('SecretKey', 'DREY_SECRET_KEY: without it the secret values in the database cannot be read', KEY_FORM),
    ...(access.kind === 'tokens' && { adminToken: make('AdminToken', 'The first token of an admin of drey', TOKEN_FORM) }),
    ...(temporal.apiKeySecret !== undefined && { temporalApiKey: secretOf(scope, 'TemporalApiKey', temporal.apiKeySecret) }),
  };
}

/** One that is there already. `text`: its name or its whole ARN. */
export function secretOf(scope: Construct, id: string, text: string): ISecret {
  return text.startsWith('arn:') ? Secret.fromSecretCompleteArn(scope, id, text) : Secret.fromSecretNameV2(scope, id, text);
}

/** How a setting `…_FROM` names it. */
export function referenceTo(secret: ISecret): string {
  return `secret:${secret.secretFullArn ?? secret.secretName}`;
}
