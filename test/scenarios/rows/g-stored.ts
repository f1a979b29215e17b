// Group G: what was stored before: other defaults at the next start, fields of a later release.
import { Registry } from 'prom-client';
import { expect } from 'vitest';
import type { DeploymentDefaultsSpec } from '../../../domain/deployment-defaults.schema.ts';
import { parseId } from '../../../domain/ids.ts';
import { createHttpApp } from '../../../functions/app.ts';
import type { Doc } from '../../fixtures/a-platform.ts';
import { BOTH_MODES, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Answer, Stage } from '../stage/stage.ts';

const N = '/api/v1/namespaces/default';
const messageOf = ({ body }: Answer): string => (body as { readonly message: string }).message;

/** The API after a start with these defaults, on the same store. */
function restarted({ platform }: Stage, defaults: DeploymentDefaultsSpec): Stage['platform']['call'] {
  const { store, wake, flink } = platform.deps;
  const app = createHttpApp({
    store,
    wake,
    flink,
    reach: () => Promise.resolve(undefined),
    readiness: () => ({ ready: true, reasons: [] }),
    registry: new Registry(),
    logger: { error: (context, message) => void process.stderr.write(`${message} ${JSON.stringify(context)}\n`) },
    settings: { version: '0.0.0', auth: { kind: 'none', admins: [] }, allowedHosts: [], lenient: false, localTargets: true, defaults },
  });
  return async (method, path, body) => {
    const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await app.request(`http://localhost${N}/${path}`, { method, ...sent });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Doc };
  };
}

export const G_STORED: readonly Row[] = [
  row({
    id: 'G8',
    title: 'other global defaults at the next start: old Deployments stay as they are, also when they are edited; new ones take them',
    on: SIMULATED,
    modes: BOTH_MODES,
    play: async (stage) => {
      const old = await stage.running('old');
      const [before, events] = [(await old.get()).spec, await old.events()];
      const call = restarted(stage, { maxJobCreationAttempts: 7, template: { spec: { parallelism: 2, flinkConfiguration: { 'my.default': 'new' } } } });
      const labelled = await call('PATCH', `deployments/${old.name}`, { metadata: { labels: { team: 'a' } } });
      expect([labelled.status, labelled.body.spec]).toEqual([200, before]);
      const limited = await call('PATCH', `deployments/${old.name}`, { spec: { maxSavepointCreationAttempts: 9 } });
      expect([limited.status, limited.body.spec]).toEqual([200, { ...before, maxSavepointCreationAttempts: 9 }]);
      await old.untilCondition('UpToDate', 'True');
      await old.runs(1);
      expect([await old.events(), (await old.jobs()).length]).toEqual([events, 1]);
      const { maxJobCreationAttempts: _, template, ...rest } = before;
      const { parallelism: __, ...unsized } = template.spec;
      const spec = { ...rest, template: { spec: unsized } };
      const fresh = await call('POST', 'deployments', { metadata: { name: `${old.name}-fresh` }, spec: { ...spec, state: 'CANCELLED' } });
      expect([fresh.status, fresh.body.spec]).toEqual([201, expect.objectContaining({ maxJobCreationAttempts: 7 })]);
      expect(fresh.body.spec).toMatchObject({ template: { spec: { parallelism: 2, flinkConfiguration: { 'my.default': 'new' } } } });
    },
  }),
  row({
    id: 'G9',
    title: 'fields that a later release stored survive an edit and an upgrade by this one, and are no reason for either',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('later');
      const { store } = stage.platform.deps;
      const id = parseId<'DeploymentId'>(deployment.id);
      await store.transaction(async (tx) => {
        const now = await store.deployments.lock(tx, id);
        if (now === undefined) throw new Error('it is gone');
        const { displayName = null, labels, annotations, spec } = now;
        const later = { ...spec, laterField: { kept: true } };
        await store.deployments.edit(tx, id, { displayName, labels, annotations, spec: later, raiseIntent: true });
      });
      await deployment.untilCondition('UpToDate', 'True');
      const labelled = await deployment.ask('PATCH', '', { metadata: { labels: { team: 'a' } } });
      expect([labelled.status, messageOf(labelled)]).toEqual([200, undefined]);
      expect(await deployment.jobs()).toHaveLength(1);
      await deployment.upgrade();
      await deployment.runs(2);
      expect((await store.deployments.findById(store.read, id))?.spec).toMatchObject({ laterField: { kept: true } });
    },
  }),
];
