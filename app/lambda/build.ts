// Builds the API and the schedule as Lambda functions into a folder, one file for each: what is imported late in the sources is run late in the bundle, too.
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the console of the API shows (functions/swagger.ts); found beside the bundle as it is found among the sources. */
const SWAGGER = ['package.json', 'swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Parts of packages that nothing here uses: parsers for other machines and experiments, mocks, caches, web sockets, servers, stores of counts, browsers. */
const UNUSED = [
  'undici/lib/(milo/|llhttp/llhttp-wasm|mock/|interceptor/|cache/|handler/cache|web/(websocket|eventsource)/)',
  '@grpc/grpc-js/build/src/server(-interceptors)?\\.js',
  'rate-limiter-flexible/lib/(RateLimiter(Redis|Mongo|MySQL|Postgres|Memcache|Dynamo|Prisma|Drizzle|SQLite|Etcd|Valkey|Cluster)|BurstyRateLimiter|RLWrapper)',
  'bowser/',
];

/** Nor is there an embedded database, or a refusal in another language. */
export const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(builds) {
    builds.onLoad({ filter: /\/node_modules\/@electric-sql\/pglite\// }, () => ({ contents: 'export const PGlite = undefined;', loader: 'js' }));
    builds.onLoad({ filter: /\/node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};', loader: 'js' }));
    builds.onLoad({ filter: new RegExp(`/node_modules/(${UNUSED.join('|')})`) }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

export async function buildLambda(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  await build({
    absWorkingDir: ROOT,
    entryPoints: { api: 'app/lambda/api-main.ts', schedule: 'app/lambda/schedule-main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    define: { DREY_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
    plugins: [withoutUnused],
    external: ['pg-native'],
    // Packages of the old kind ask for the modules of Node by `require`.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
  const swagger = join(folder, 'node_modules', 'swagger-ui-dist');
  await mkdir(swagger, { recursive: true });
  for (const file of SWAGGER) await cp(join(ROOT, 'node_modules', 'swagger-ui-dist', file), join(swagger, file));
}
