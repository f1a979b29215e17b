// The logging profiles of the operator: every `<name>.xml` of a folder, read once and checked at the start. Knows no Flink.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { templateFault, type LoggingProfiles } from '../domain/logging.ts';
import { StartProblem } from './start-problem.ts';

/** Throws a StartProblem that names the file which is no template of a log4j2.xml. */
export async function readLoggingProfiles(folder: string | undefined): Promise<LoggingProfiles> {
  if (folder === undefined) return {};
  const names = await readdir(folder).catch(() => {
    throw new StartProblem(`DREY_LOGGING_PROFILES: the folder ${folder} cannot be read.`);
  });
  const files = names.filter((name) => /^[\w.-]{1,100}\.xml$/.test(name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [basename(file, '.xml'), await readProfile(join(folder, file))])));
}

async function readProfile(path: string): Promise<string> {
  const template = await readFile(path, 'utf8');
  const fault = templateFault(template);
  if (fault !== undefined) throw new StartProblem(`DREY_LOGGING_PROFILES: ${path} is no template of a log4j2.xml: ${fault}.`);
  return template;
}
