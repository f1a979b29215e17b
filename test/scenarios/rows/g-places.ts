// Group G: where a Deployment runs, and what it may be made of: targets, session clusters, Flink versions, artifacts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { parseId } from '../../../domain/ids.ts';
import type { Place } from '../../../domain/job.ts';
import { ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Answer, Stage } from '../stage/stage.ts';

const TO_TARGET = { deploymentTargetName: 'default', sessionClusterName: null };
const toSession = (name: string): object => ({ sessionClusterName: name, deploymentTargetName: null });
const wantCluster = ({ platform }: Stage, name: string, state: string) => platform.call('PATCH', `sessionclusters/${name}`, { spec: { state } });
const messageOf = ({ body }: Answer): string => (body as { readonly message: string }).message;

/** Where J`n` runs. */
async function placeOf({ platform: { deps } }: Stage, deployment: Actor, n: number): Promise<Place | undefined> {
  return (await deps.store.jobs.findById(deps.store.read, parseId<'JobId'>((await deployment.job(n)).metadata.id)))?.place;
}

/** J2 runs on the new place from the savepoint of J1's stop. */
async function moved(deployment: Actor): Promise<void> {
  const second = await deployment.runs(2);
  const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
  expect(others).toEqual([]);
  expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
  expect(await deployment.flink.restored(2)).toBe(savepoint?.spec.savepointLocation);
  expect((await deployment.job(1)).status.state).toBe('TERMINATED');
  expect(await deployment.events()).toContain('USING_AN_UPGRADE_STRATEGY');
}

const moves: readonly Row[] = [
  row({
    id: 'G3',
    title: 'moves from a target to a session cluster with its state, and its old cluster is gone',
    on: ONE_REAL,
    play: async (stage) => {
      const cluster = await stage.sessionCluster('new');
      const deployment = await stage.running('moves', { spec: { deploymentTargetName: 'default' } });
      const first = parseId<'JobId'>((await deployment.job(1)).metadata.id);
      await deployment.patch(toSession(cluster));
      await moved(deployment);
      expect(await placeOf(stage, deployment, 2)).toMatchObject({ kind: 'session', sessionCluster: cluster });
      expect((await stage.platform.deps.flink.local.observe({ kind: 'job', jobId: first })).kind).toBe('gone');
    },
  }),
  row({
    id: 'G3',
    title: 'moves from a session cluster to a target with its state',
    on: ONE_REAL,
    play: async (stage) => {
      const cluster = await stage.sessionCluster('old');
      const deployment = await stage.running('moves', { spec: { sessionClusterName: cluster } });
      await deployment.patch(TO_TARGET);
      await moved(deployment);
      expect(await placeOf(stage, deployment, 2)).toEqual({ kind: 'local', target: 'default' });
      expect((await wantCluster(stage, cluster, 'STOPPED')).status).toBe(200);
    },
  }),
  row({
    id: 'G3',
    title: 'a spec that names both places or none is 400, and nothing moves',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('stays', { spec: { deploymentTargetName: 'default' } });
      const answers = [
        await deployment.ask('PATCH', '', { spec: { sessionClusterName: 'some' } }),
        await deployment.ask('PATCH', '', { spec: { deploymentTargetName: null } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 400]);
      for (const answer of answers) expect(messageOf(answer)).toMatch(/deploymentTargetName.*sessionClusterName/);
      await deployment.runs(1);
      expect(await deployment.jobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'G4',
    title: 'moved to a session cluster that is STOPPED, J1 runs on until that is RUNNING; then it moves with its state',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const cluster = await stage.sessionCluster('asleep');
      await wantCluster(stage, cluster, 'STOPPED');
      await stage.platform.until(`sessionclusters/${cluster}`, ({ status }) => status.state === 'STOPPED', 60_000);
      const deployment = await stage.running('waits');
      await deployment.patch(toSession(cluster));
      await deployment.untilCondition('UpToDate', 'False', 'TARGET_NOT_READY');
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['STARTED']);
      expect(await deployment.savepoints()).toEqual([]);
      await wantCluster(stage, cluster, 'RUNNING');
      await moved(deployment);
      expect(await placeOf(stage, deployment, 2)).toMatchObject({ kind: 'session', sessionCluster: cluster });
    },
  }),
  row({
    id: 'G11',
    title: 'waits for a deployment target that does not exist yet, without an attempt, and runs once it does; a target in use is not deleted',
    on: ONE_REAL,
    play: async (stage) => {
      const name = `later-${stage.kind}`;
      const deployment = await stage.deploy('early', { spec: { deploymentTargetName: name } });
      await deployment.untilEvent('REFERENCED_DEPLOYMENT_TARGET_DOES_NOT_EXIST');
      await deployment.state('TRANSITIONING');
      expect(await deployment.jobs()).toEqual([]);
      expect((await stage.platform.call('POST', 'deployment-targets', { metadata: { name }, spec: { local: {} } })).status).toBe(201);
      await deployment.runs(1);
      expect((await deployment.events()).filter((event) => event === 'REFERENCED_DEPLOYMENT_TARGET_DOES_NOT_EXIST')).toHaveLength(1);
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['STARTED']);
      const refusal = await stage.platform.call('DELETE', `deployment-targets/${name}`);
      expect([refusal.status, refusal.body.message]).toEqual([409, expect.stringContaining(`"${deployment.name}"`)]);
    },
  }),
];

const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['ftp://example.com/job.jar', /cannot be fetched from ftp/],
  ['http://169.254.169.254/latest/job.jar', /link-local, metadata or reserved/],
  ['http://[fe80::1]/job.jar', /link-local, metadata or reserved/],
  ['http://[::ffff:169.254.169.254]/job.jar', /link-local, metadata or reserved/],
  ['file:///etc/passwd', /passwd/],
];

const addresses: readonly Row[] = [
  ...FORBIDDEN.map(([jarUri, why]) =>
    row({
      id: 'G6',
      title: `an artifact at ${jarUri} is not fetched: its Job is FAILED, and says why`,
      on: SIMULATED,
      play: async (stage) => {
        const deployment = await stage.deploy('forbidden', { artifact: { jarUri }, spec: { maxJobCreationAttempts: 1 } });
        await deployment.state('FAILED');
        const [job] = await deployment.jobs();
        expect([job?.status.state, job?.status.failure?.reason]).toEqual(['FAILED', expect.stringMatching(why)]);
      },
    }),
  ),
  row({
    id: 'G6',
    title: 'an artifact on this machine, or behind a redirect, is not asked for where private addresses are switched off',
    on: SIMULATED,
    play: async (stage) => {
      let asked = 0;
      const server = createServer((_, response) => {
        asked += 1;
        response.writeHead(302, { location: 'http://169.254.169.254/job.jar' }).end();
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      try {
        const { port } = server.address() as AddressInfo;
        for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
          const jarUri = `http://${host}:${port}/job.jar`;
          const deployment = await stage.deploy('loopback', { artifact: { jarUri }, spec: { maxJobCreationAttempts: 1 } });
          await deployment.state('FAILED');
          expect((await deployment.job(1)).status.failure?.reason).toContain('private network');
        }
        expect(asked).toBe(0);
      } finally {
        server.close();
      }
    },
  }),
];

const versions: readonly Row[] = [
  row({
    id: 'G7',
    title: 'a Flink version that its target does not have is accepted with a Warning, and waited for without an attempt',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.deploy('unknown', { artifact: { flinkVersion: '9.9' } });
      await deployment.untilCondition('UpToDate', 'False', 'TARGET_NOT_READY');
      const again = await deployment.ask('PATCH', '', { metadata: { labels: { asked: 'again' } } });
      expect([again.status, again.headers.get('warning')]).toEqual([200, expect.stringContaining('cannot run Flink 9.9')]);
      await deployment.state('TRANSITIONING');
      expect(await deployment.jobs()).toEqual([]);
      await deployment.patch({ template: { spec: { artifact: { flinkVersion: stage.flinkVersion } } } });
      await deployment.runs(1);
    },
  }),
  row({
    id: 'G7',
    title: 'upgraded to a Flink version that its target does not have, J1 runs on; the plan says so beforehand',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('too-new');
      const edit = { spec: { template: { spec: { artifact: { flinkVersion: '9.9', flinkImageTag: 'of-mine' } } } } };
      const plan = await deployment.ask('PATCH', '?dryRun=true', edit);
      expect([plan.status, JSON.stringify(plan.body)]).toEqual([200, expect.stringContaining('TARGET_NOT_READY')]);
      await deployment.ask('PATCH', '', edit);
      await deployment.untilCondition('UpToDate', 'False', 'TARGET_NOT_READY');
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['STARTED']);
      expect(await deployment.savepoints()).toEqual([]);
    },
  }),
];

export const G_PLACES: readonly Row[] = [...moves, ...addresses, ...versions];
