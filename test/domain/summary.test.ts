// Titles of transitions in Temporal's UI.
import { describe, expect, it } from 'vitest';
import { expandSpec } from '../../domain/defaults.ts';
import type { DesiredState, Phase } from '../../domain/deployment.ts';
import type { SessionCluster } from '../../domain/session-cluster.ts';
import { summarizeDeletion, summarizeDeployment, summarizeSavepoint, summarizeSessionCluster } from '../../domain/summary.ts';

function written(
  specVersion: number,
  { state = 'RUNNING', phase = 'RUNNING', parallelism = 1, name = 'clicks' }: { state?: DesiredState; phase?: Phase; parallelism?: number; name?: string } = {},
) {
  const spec = expandSpec({ state, deploymentTargetName: 'default', template: { spec: { artifact: { kind: 'JAR', jarUri: 'a' }, parallelism } } });
  return { name, specVersion, spec, status: { state: phase, conditions: [], because: '' } };
}

describe('summarizeDeployment', () => {
  it.each([
    [undefined, written(1), 'clicks: start, version 1'],
    [undefined, written(1, { state: 'CANCELLED' }), 'clicks: created CANCELLED'],
    [written(6), written(7, { parallelism: 2 }), 'clicks: RUNNING → upgrade to version 7'],
    [written(6, { phase: 'FAILED' }), written(7, { parallelism: 2 }), 'clicks: start, version 7'],
    [written(1), written(2, { state: 'SUSPENDED' }), 'clicks: suspend'],
    [written(1), written(2, { state: 'CANCELLED' }), 'clicks: cancel'],
    [written(2, { state: 'SUSPENDED' }), written(3), 'clicks: start, version 3'],
    [written(2, { state: 'SUSPENDED' }), written(3, { state: 'SUSPENDED', parallelism: 2 }), 'clicks: version 3'],
    [written(2), written(2), 'clicks: look again'],
  ])('%#', (before, after, title) => {
    expect(summarizeDeployment(before, after)).toBe(title);
  });

  it('has at most 200 bytes for the longest name and version', () => {
    const longest = { name: 'x'.repeat(63), parallelism: 2 };
    const title = summarizeDeployment(written(2_147_483_646, { name: longest.name }), written(2_147_483_647, longest));
    expect(new TextEncoder().encode(title).byteLength).toBeLessThanOrEqual(200);
  });
});

describe('the other titles', () => {
  it('name the Deployment and what was asked for', () => {
    expect(summarizeSavepoint({ name: 'clicks' })).toBe('clicks: savepoint');
    expect(summarizeDeletion({ name: 'clicks' })).toBe('clicks: delete a savepoint');
  });

  const cluster = (state: string, specVersion = 1) => ({ name: 'shared', specVersion, spec: { state } }) as SessionCluster;

  it.each([
    [undefined, cluster('RUNNING'), 'shared: start'],
    [undefined, cluster('STOPPED'), 'shared: stop'],
    [cluster('STOPPED'), cluster('RUNNING', 2), 'shared: start'],
    [cluster('RUNNING'), cluster('STOPPED', 2), 'shared: stop'],
    [cluster('RUNNING'), cluster('RUNNING', 2), 'shared: version 2'],
  ])('of a session cluster: %#', (before, after, title) => {
    expect(summarizeSessionCluster(before, after)).toBe(title);
  });
});
