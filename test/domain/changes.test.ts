// What a change of the spec means (vvp.md §2.5, D24).
import { describe, expect, it } from 'vitest';
import { changedFields, isUpgrade, runsSpec } from '../../domain/changes.ts';
import { aSpec, aTemplate, type SpecOverrides } from '../fixtures/a-deployment.ts';
import { aJob, LOCAL, SESSION } from '../fixtures/a-job.ts';

describe('a change of', () => {
  it.each<[string, SpecOverrides, boolean]>([
    ['template', { template: aTemplate('--version 2') }, true],
    ['deploymentTargetName', { deploymentTargetName: 'other' }, true],
    ['deploymentTargetId', { deploymentTargetId: '1' }, true],
    ['sessionClusterName', { sessionClusterName: 'shared' }, true],
    ['state', { state: 'CANCELLED' }, false],
    ['upgradeStrategy', { upgrade: 'NONE' }, false],
    ['restoreStrategy', { restore: 'NONE' }, false],
    ['maxSavepointCreationAttempts', { maxSavepointCreationAttempts: 9 }, false],
    ['maxJobCreationAttempts', { maxJobCreationAttempts: 9 }, false],
    ['jobFailureExpirationTime', { jobFailureExpirationTime: '1 h' }, false],
  ])('%s', (field, change, upgrade) => {
    expect(changedFields(aSpec(), aSpec(change))).toEqual([field]);
    expect(isUpgrade(aSpec(), aSpec(change))).toBe(upgrade);
  });

  it('nothing', () => {
    expect(changedFields(aSpec(), structuredClone(aSpec()))).toEqual([]);
  });
});

describe('a Job runs the spec', () => {
  it('with the template it was made with, in the place it was made for', () => {
    expect(runsSpec(aJob(), aSpec(), LOCAL)).toBe(true);
    expect(runsSpec(aJob(), aSpec({ template: aTemplate('--version 2') }), LOCAL)).toBe(false);
    expect(runsSpec(aJob(), aSpec(), SESSION)).toBe(false);
    expect(runsSpec(aJob(), aSpec(), undefined)).toBe(false);
  });

  it('in the same place only if the session cluster is the same, not one of that name', () => {
    const renewed = { ...SESSION, sessionClusterId: '0190cccc-0000-7000-8000-000000000002' } as typeof SESSION;
    expect(runsSpec(aJob({ place: SESSION }), aSpec(), renewed)).toBe(false);
  });
});
