// Every secret that a configuration holds, in each spelling in which it may turn up in a log.
import type { Config } from './config.ts';
import { secretsIn } from './log.ts';

export function secretsOf({ database, temporal, secretKey, oldSecretKeys, adminToken }: Config): readonly string[] {
  const apiKey = temporal.kind === 'external' ? temporal.connection.apiKey : undefined;
  const keys = [...(secretKey === undefined ? [] : [secretKey]), ...oldSecretKeys].map((key) => Buffer.from(key));
  return [
    ...keys.flatMap((key) => [key.toString('base64'), key.toString('hex')]),
    ...(database.kind === 'postgres' ? secretsIn(database.url) : []),
    ...(typeof apiKey === 'string' ? [apiKey] : []),
    ...(adminToken === undefined ? [] : [adminToken, adminToken.slice('drey_'.length)]),
  ];
}
