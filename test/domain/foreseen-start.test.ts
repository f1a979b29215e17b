// What the Job that a foresight ends with starts from, word by word, and what may surprise about it.
import { describe, expect, it } from 'vitest';
import type { Foresight } from '../../domain/foresee.ts';
import { foreseenStart, noticesOf } from '../../domain/foreseen-start.ts';
import type { Job } from '../../domain/job.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import type { Step } from '../../domain/step.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aNewJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, hours, minutes, NOW } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aView } from '../fixtures/a-view.ts';

const source = aSavepoint({ capturedAt: ago(minutes(30)) });
const restore = { savepointId: source.id, location: source.location ?? '' };
const made = (over: object = {}) => ({ kind: 'fetchArtifact', jobId: jobId(9), create: { restoreFrom: source.id }, attempt: 1, because: '', ...over }) as Step;

interface Story {
  readonly step?: Step;
  readonly view?: Partial<View>;
  readonly job?: Partial<Job>;
}

/** The step is decided on `view`; at the end J9 lives. */
function foresight({ step = made(), view, job = {} }: Story = {}): Foresight {
  const decided = aView({ jobs: [aTerminatedJob()], savepoints: [source], ...view });
  const end = { ...decided, jobs: [aNewJob({ id: jobId(9), restore, ...job }), ...decided.jobs] };
  return { steps: [{ step, view: decided, now: NOW }], end } as unknown as Foresight;
}
const why = (story: Story) => foreseenStart(foresight(story))?.why;

describe('the source', () => {
  it('is what the Job names, with its age', () => {
    expect(foreseenStart(foresight())).toEqual({
      savepoint: source,
      why: 'restoreStrategy LATEST_STATE: it holds the newest state there is',
      ageMs: minutes(30),
    });
  });

  it('is never younger than now', () => {
    const later = aSavepoint({ capturedAt: NOW + 5000 });
    expect(foreseenStart(foresight({ view: { savepoints: [later] } }))?.ageMs).toBe(0);
  });

  it('is nothing where no Job lives at the end, none is started, or it starts without state', () => {
    const { end, steps } = foresight();
    expect(foreseenStart({ steps, end: { ...end, jobs: [aTerminatedJob()] } } as unknown as Foresight)).toBeUndefined();
    expect(foreseenStart({ steps: [], end } as unknown as Foresight)).toBeUndefined();
    expect(foreseenStart(foresight({ step: { ...made(), jobId: jobId(8) } as Step }))).toBeUndefined();
    expect(foreseenStart(foresight({ step: { kind: 'tearDown', jobId: jobId(9), because: '' } }))).toBeUndefined();
    const { restore: _, ...empty } = aNewJob({ id: jobId(9) });
    expect(foreseenStart({ steps, end: { ...end, jobs: [empty] } } as unknown as Foresight)).toBeUndefined();
  });

  it.each<[string, Step]>([
    ['a fetch for a Job that is there', { kind: 'fetchArtifact', jobId: jobId(9), attempt: 1, because: '' }],
    ['a submit', { kind: 'submitJob', jobId: jobId(9), because: '' }],
    ['a wait for its tasks', { kind: 'awaitRunning', jobId: jobId(9), because: '' }],
  ])('was chosen before %s', (_, step) => {
    expect(why({ step })).toBe('it was chosen when the Job was made');
  });

  it('is the newest Savepoint under LATEST_SAVEPOINT', () => {
    expect(why({ view: { deployment: aDeployment({ restore: 'LATEST_SAVEPOINT' }) } })).toBe(
      'restoreStrategy LATEST_SAVEPOINT: it is the newest Savepoint; checkpoints are not used',
    );
  });

  it('is that of the failed attempt where it is not the newest, or where the strategy names none', () => {
    const retry = 'a retry starts from what the attempt that failed was to start from';
    expect(why({ view: { savepoints: [aSavepoint({ id: savepointId(2), capturedAt: ago(minutes(1)) }), source] } })).toBe(retry);
    expect(why({ view: { deployment: aDeployment({ restore: 'NONE' }) } })).toBe(retry);
  });
});

describe('a notice', () => {
  const empty = made({ create: { restoreFrom: null } });
  const noSource = (view: Partial<View>, step = empty) => {
    const { steps, end } = foresight({ step, view });
    const { restore: _, ...job } = aNewJob({ id: jobId(9) });
    return noticesOf({ steps, end: { ...end, jobs: [job, ...end.jobs.slice(1)] } } as unknown as Foresight);
  };
  const NONE = aDeployment({ restore: 'NONE' });

  it('is not given where all is as one would expect, nor where nothing starts', () => {
    expect(noticesOf(foresight())).toEqual([]);
    expect(noticesOf({ ...foresight(), steps: [] })).toEqual([]);
  });

  it('says that a Deployment with state starts empty', () => {
    expect(noSource({ deployment: NONE })).toEqual([{ reason: 'STATE_DISCARDED_BY_STRATEGY', message: expect.stringMatching(/^start without state/) }]);
  });

  it('says nothing of the first start, nor of a step that makes no empty Job', () => {
    expect(noSource({ jobs: [], savepoints: [] })).toEqual([]);
    expect(noSource({ deployment: NONE }, made())).toEqual([]);
    expect(noSource({ deployment: NONE }, { kind: 'fetchArtifact', jobId: jobId(9), attempt: 1, because: '' })).toEqual([]);
    expect(noSource({ deployment: NONE }, { kind: 'submitJob', jobId: jobId(9), because: '' })).toEqual([]);
    expect(noSource({ savepoints: [source] })).toEqual([]);
  });

  const registered = (over: Partial<Savepoint> = {}) =>
    aCopiedSavepoint({ id: savepointId(4), capturedAt: ago(hours(3)), createdAt: ago(minutes(1)), ...over });
  const reasons = (savepoint: Savepoint, over: Partial<View> = {}, step?: Step) =>
    noticesOf(foresight({ view: { savepoints: [source, savepoint], ...over }, ...(step === undefined ? {} : { step }) }));
  const NOT_USED = `the registered Savepoint ${savepointId(4)} is not used: `;

  it('says that a registered Savepoint is not used, and what is used instead', () => {
    const [notice, ...others] = reasons(registered());
    expect(others).toEqual([]);
    expect(notice?.reason).toBe('REGISTERED_SAVEPOINT_NOT_USED');
    expect(notice?.message.startsWith(NOT_USED)).toBe(true);
    expect(notice?.message).toMatch(new RegExp(`${source.id}.*, holds newer state$`));
    expect(noSource({ deployment: NONE, savepoints: [registered()] }).at(-1)?.message).toBe(`${NOT_USED}the restoreStrategy starts without state`);
  });

  it.each<[string, Savepoint]>([
    ['is of a Job', registered({ jobId: jobId(1) })],
    ['is not COMPLETED', registered({ state: 'FAILED' })],
    ['was registered before the last Job', registered({ createdAt: aTerminatedJob().createdAt })],
    ['was not registered', aSavepoint({ id: savepointId(4), origin: 'USER_REQUEST', capturedAt: ago(hours(3)), createdAt: ago(minutes(1)) })],
  ])('is not given of one that %s', (_, savepoint) => {
    expect(reasons(savepoint)).toEqual([]);
  });

  it('is given before the first Job as well, and not once the Job is made', () => {
    expect(reasons(registered(), { jobs: [] })).toHaveLength(1);
    expect(reasons(registered(), {}, { kind: 'fetchArtifact', jobId: jobId(9), attempt: 1, because: '' })).toEqual([]);
    expect(reasons(registered(), {}, { kind: 'submitJob', jobId: jobId(9), because: '' })).toEqual([]);
    expect(noticesOf(foresight({ view: { savepoints: [registered({ id: source.id })] } }))).toEqual([]);
  });
});
