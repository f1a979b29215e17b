// Jars and run calls: which answer means what, and when an id is burnt (`reference/flink.md` §2.3).
import { expect, it, vi } from 'vitest';
import { allTasksRun, aRunningJob, type Hands, newId, newJobId, orderOf, PATIENCE, run, until, valueOf } from './hands.ts';

export function describeJars(hands: () => Hands): void {
  it('tells its version and slots', async () => {
    expect(valueOf(await hands().rest.version())).toMatch(/^\d+\.\d+/);
    const { isHighlyAvailable, statisticsCacheMs } = valueOf(await hands().rest.clusterSettings());
    expect(isHighlyAvailable).toBe(false);
    expect(statisticsCacheMs).toBeLessThanOrEqual(500);
    const { taskManagers, total, available } = valueOf(await hands().rest.slots());
    expect(taskManagers).toBeGreaterThan(0);
    expect(available).toBeLessThanOrEqual(total);
  });

  it('lists an uploaded jar under its name, and deletes it once or twice alike', async () => {
    const { rest, jarPath } = hands();
    const jarId = valueOf(await rest.uploadJar(jarPath, 'twice deleted.jar'));
    expect(valueOf(await rest.jars())).toContainEqual({ id: jarId, name: 'twice deleted.jar' });
    expect(valueOf(await rest.deleteJar(jarId))).toBe(true);
    expect(valueOf(await rest.deleteJar(jarId))).toBe(true);
    expect(valueOf(await rest.jars()).map(({ id }) => id)).not.toContain(jarId);
  });

  it('refuses a file that is no jar by its name', async () => {
    expect(await hands().rest.uploadJar(hands().jarPath, 'job.txt')).toMatchObject({ kind: 'rejected', status: 400 });
  });

  it('refuses to run an unknown jar, and the id stays free', async () => {
    const jobId = newJobId();
    const answer = await hands().rest.run(`${newId()}_gone.jar`, orderOf(hands(), { jobId }));
    expect(answer).toMatchObject({ kind: 'rejected', status: 500, reason: expect.stringMatching(/Jar file .* does not exist/) });
    expect(valueOf(await hands().rest.job(jobId))).toBeUndefined();
  });
}

export function describeRuns(hands: () => Hands): void {
  it('runs a job under the id it was given, until all its tasks run', async () => {
    const jobId = newJobId();
    expect(valueOf(await run(hands(), { jobId }))).toEqual({ jobId });
    const job = await until(hands(), jobId, allTasksRun);
    expect(job.endedAt).toBeUndefined();
    expect(valueOf(await hands().rest.jobs()).map(({ id }) => id)).toContain(jobId);
  });

  it('refuses an id that is taken, and the first job runs on', async () => {
    const jobId = await aRunningJob(hands());
    const answer = await run(hands(), { jobId });
    expect(answer).toMatchObject({ kind: 'rejected', status: 400, reason: expect.stringMatching(/has already been submitted/) });
    expect(allTasksRun(await until(hands(), jobId, () => true))).toBe(true);
  });

  it('starts one job of two run calls at the same time with one id', async () => {
    const jobId = newJobId();
    const answers = await Promise.all([run(hands(), { jobId }), run(hands(), { jobId })]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['done', 'rejected']);
    expect(valueOf(await hands().rest.jobs()).filter(({ id }) => id === jobId)).toHaveLength(1);
  });

  it('burns the id of a job whose savepoint cannot be found', async () => {
    const jobId = newJobId();
    const savepointPath = `${hands().savepointRoot}/nowhere`;
    const answer = await run(hands(), { jobId, savepointPath });
    const reason = expect.stringMatching(/^FileNotFoundException: Cannot find checkpoint or savepoint file\/directory/);
    expect(answer).toMatchObject({ kind: 'rejected', status: 400, reason });
    const job = await until(hands(), jobId, () => true);
    expect(job).toMatchObject({ status: 'FAILED', tasks: { total: 0, running: 0, finished: 0 } });
    expect(valueOf(await hands().rest.exceptions(jobId, 5))[0]).toMatchObject({ name: expect.stringMatching(/JobInitializationException$/), reason });
    expect(await run(hands(), { jobId })).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/has already been submitted/) });
  });

  it('burns an id that is free, with a program of its own that leaves no jar, and leaves a job alone that has it', async () => {
    const [free, taken] = [newJobId(), await aRunningJob(hands())];
    for (const id of [free, free, taken])
      expect(valueOf(await hands().rest.burn(id, { jarName: 'burns.jar', savepointPath: `${hands().savepointRoot}/nowhere` }))).toBe(true);
    expect(await until(hands(), free, () => true)).toMatchObject({ status: 'FAILED' });
    expect(await run(hands(), { jobId: free })).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/has already been submitted/) });
    expect(allTasksRun(await until(hands(), taken, () => true))).toBe(true);
    expect(valueOf(await hands().rest.jars()).map(({ name }) => name)).not.toContain('burns.jar');
  });

  it('leaves the id free when the entry class is not in the jar', async () => {
    const jobId = newJobId();
    const answer = await run(hands(), { jobId, entryClass: 'no.such.Job' });
    expect(answer).toMatchObject({ kind: 'rejected', status: 500, reason: 'ClassNotFoundException: no.such.Job' });
    expect(valueOf(await run(hands(), { jobId }))).toEqual({ jobId });
  });

  it('leaves the id free when main() throws', async () => {
    const jobId = newJobId();
    const answer = await run(hands(), { jobId, args: ['boom'] });
    expect(answer).toMatchObject({ kind: 'rejected', status: 400, reason: expect.stringMatching(/^IllegalArgumentException: Error parsing arguments/) });
    expect(valueOf(await hands().rest.job(jobId))).toBeUndefined();
    expect(valueOf(await run(hands(), { jobId }))).toEqual({ jobId });
  });

  it('runs no task of a job for which there are not enough slots', async () => {
    const { jobId } = valueOf(await run(hands(), { parallelism: 100 }));
    // A session cluster older than `slot.request.timeout` (5 min) lets it fail; a younger one waits.
    const job = await until(hands(), jobId, ({ status }) => status === 'RUNNING' || status === 'FAILED');
    expect(job.tasks).toMatchObject({ total: 101, running: 0, ...(job.status === 'RUNNING' ? { waiting: 101 } : {}) });
  });

  it('knows a job it never saw as absent', async () => {
    expect(valueOf(await hands().rest.job(newJobId()))).toBeUndefined();
  });

  it('counts restarts once it has a figure', async () => {
    const jobId = await aRunningJob(hands());
    await vi.waitFor(async () => expect(valueOf(await hands().rest.restarts(jobId))).toBe(0), PATIENCE);
    expect(valueOf(await hands().rest.restarts(newJobId()))).toBeUndefined();
    expect(valueOf(await hands().rest.exceptions(jobId, 5))).toEqual([]);
  });
}
