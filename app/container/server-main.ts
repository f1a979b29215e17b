// The API of a container: the same app as everywhere, over a database, with no worker in it.
import { collectDefaultMetrics } from 'prom-client';
import { openApi } from '../open-api.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { listen } from '../server.ts';
import { DREY_VERSION } from '../version.ts';
import { runProgram } from './run-program.ts';

await runProgram(async () => {
  const config = await readRemoteConfig();
  const server = await listen(config, () => ['the API is starting']);
  const opened = await openApi(config, DREY_VERSION);
  collectDefaultMetrics({ register: opened.registry });
  server.use((request) => opened.app.fetch(request));
  return async () => {
    await server.stop();
    await opened.close();
  };
});
