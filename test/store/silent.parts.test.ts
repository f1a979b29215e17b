// Connections to PostgreSQL that stay and say nothing any more, as when the machine at their other end is gone.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../store/postgres.ts';
import { startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { aDatabaseBetween } from '../fixtures/silent-database.ts';

const SILENT = 'the database did not answer on this connection';
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe('a database that fell silent', () => {
  it('is found again over new connections, once the old ones were given up', async () => {
    const between = await aDatabaseBetween(new URL(postgres.url));
    onTestFinished(() => between.close());
    const kysely = openPostgres({ url: between.url, max: 2, answerLimitMs: 300 });
    onTestFinished(() => kysely.destroy());
    const ask = () => sql`select 1`.execute(kysely);
    await Promise.all([ask(), ask()]);
    between.silence();
    between.speak();
    const answers = [];
    for (let turn = 0; turn < 4; turn += 1) {
      answers.push(
        await ask().then(
          () => 'answered',
          (error: Error) => error.message,
        ),
      );
    }
    expect(answers).toEqual([SILENT, SILENT, 'answered', 'answered']);
  });

  it('fails a transaction within one such limit, its rollback included', async () => {
    const between = await aDatabaseBetween(new URL(postgres.url));
    onTestFinished(() => between.close());
    const kysely = openPostgres({ url: between.url, max: 1, answerLimitMs: 300 });
    onTestFinished(() => kysely.destroy());
    const failing = kysely.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      between.silence();
      await sql`select 1`.execute(tx);
    });
    await expect(failing).rejects.toThrow(SILENT);
    between.speak();
    expect((await sql`select 1`.execute(kysely)).rows).toHaveLength(1);
  });
});
