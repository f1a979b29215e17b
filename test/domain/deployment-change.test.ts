// Of which class a change of a Deployment is, and what differs.
import { describe, expect, it } from 'vitest';
import type { Phase } from '../../domain/deployment.ts';
import { changeAhead, changeByWrite } from '../../domain/deployment-change.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aJob, aTerminatedJob, SESSION } from '../fixtures/a-job.ts';
import { aView } from '../fixtures/a-view.ts';

describe('a write', () => {
  const stored = aDeployment();

  it('of a new Deployment creates it, and shows all of it', () => {
    const { diff, change } = changeByWrite(undefined, stored);
    expect(change).toBe('create');
    expect(diff).toStrictEqual([
      { path: ['metadata'], after: { labels: {}, annotations: {} } },
      { path: ['spec'], after: stored.spec },
    ]);
  });

  it('that changes nothing is none', () => {
    expect(changeByWrite(stored, { ...stored, modifiedAt: 1, resourceVersion: 9 })).toEqual({ diff: [], change: 'none' });
  });

  it.each([
    ['a label', { labels: { team: 'a' } }, { path: ['metadata', 'labels', 'team'], after: 'a' }],
    ['an annotation', { annotations: { note: 'a' } }, { path: ['metadata', 'annotations', 'note'], after: 'a' }],
    ['the displayName', { displayName: 'Clicks' }, { path: ['metadata', 'displayName'], after: 'Clicks' }],
    ['an attempt limit', { spec: { maxJobCreationAttempts: 5 } }, { path: ['spec', 'maxJobCreationAttempts'], before: 4, after: 5 }],
  ])('of %s relabels', (_, over, difference) => {
    expect(changeByWrite(stored, aDeployment(over))).toEqual({ diff: [difference], change: 'relabel' });
  });

  it('of the template upgrades', () => {
    expect(changeByWrite(stored, aDeployment({ spec: { template: aTemplate('--version 2') } }))).toEqual({
      diff: [{ path: ['spec', 'template', 'spec', 'artifact', 'mainArgs'], before: '--version 1', after: '--version 2' }],
      change: 'upgrade',
    });
  });

  it('of the state is one of the state, also beside others', () => {
    const { change, diff } = changeByWrite(stored, aDeployment({ state: 'CANCELLED', spec: { template: aTemplate('--version 2') } }));
    expect(change).toBe('state');
    expect(diff.map(({ path }) => path.at(-1))).toEqual(['state', 'mainArgs']);
  });
});

describe('what is ahead of a Deployment without a live Job', () => {
  it.each([
    ['RUNNING', 'FINISHED', 'none'],
    ['RUNNING', 'FAILED', 'none'],
    ['RUNNING', 'RUNNING', 'state'],
    ['RUNNING', 'TRANSITIONING', 'state'],
    ['RUNNING', 'CANCELLED', 'state'],
    ['CANCELLED', 'CANCELLED', 'none'],
    ['CANCELLED', 'FAILED', 'state'],
    ['CANCELLED', 'FINISHED', 'state'],
    ['SUSPENDED', 'SUSPENDED', 'none'],
    ['SUSPENDED', 'CANCELLED', 'state'],
  ] as const)('that is to be %s and is %s: %s', (state, phase: Phase, change) => {
    expect(changeAhead(aView({ deployment: aDeployment({ state, phase }), jobs: [aTerminatedJob()] }))).toEqual({ diff: [], change });
  });
});

describe('what is ahead of a Deployment with a live Job', () => {
  const ahead = (parts: Partial<View>) => changeAhead(aView({ jobs: [aJob()], ...parts }));
  const edited = { spec: { template: aTemplate('--version 2') } };
  const args = { path: ['spec', 'template', 'spec', 'artifact', 'mainArgs'], before: '--version 1', after: '--version 2' };

  it('is nothing when it runs what the spec wants', () => {
    expect(ahead({})).toEqual({ diff: [], change: 'none' });
  });

  it('is an upgrade to another template', () => {
    expect(ahead({ deployment: aDeployment(edited) })).toEqual({ diff: [args], change: 'upgrade' });
  });

  it('is an end, with what differs besides', () => {
    expect(ahead({ deployment: aDeployment({ state: 'SUSPENDED', ...edited }) })).toEqual({ diff: [args], change: 'state' });
  });

  it('is a move to a session cluster', () => {
    expect(ahead({ place: { kind: 'ready', place: SESSION } })).toEqual({
      diff: [
        { path: ['spec', 'deploymentTargetName'], before: 'default' },
        { path: ['spec', 'sessionClusterName'], after: SESSION.kind === 'session' ? SESSION.sessionCluster : '' },
      ],
      change: 'upgrade',
    });
  });

  it('is what the spec names where that is not there', () => {
    const place = { kind: 'missing', because: 'no target' } as View['place'];
    expect(ahead({ place, deployment: aDeployment({ spec: { deploymentTargetName: 'other' } }) }).diff).toEqual([
      { path: ['spec', 'deploymentTargetName'], before: 'default', after: 'other' },
    ]);
    expect(ahead({ place }).diff).toEqual([]);
  });
});
