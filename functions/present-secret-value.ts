// SecretValue as editors and owners see it (vvp.md §1.8, D18). Changes nothing.
import type { SecretValueDocument } from '../domain/secret-value.schema.ts';
import type { SecretValue } from '../domain/secret-value.ts';
import { toTimestamp } from './instants.ts';

export function presentSecretValue(secret: SecretValue): SecretValueDocument {
  const { id, name, namespace, labels, annotations, resourceVersion, createdAt, modifiedAt, value } = secret;
  return {
    kind: 'SecretValue',
    apiVersion: 'v1',
    metadata: { id, name, namespace, createdAt: toTimestamp(createdAt), modifiedAt: toTimestamp(modifiedAt), labels, annotations, resourceVersion },
    spec: { kind: 'Plain', ...(value === undefined ? {} : { value }) },
  };
}
