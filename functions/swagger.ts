// The API console and the OpenAPI document. Everything it shows is served from here, nothing from elsewhere.
import { readFile } from 'node:fs/promises';
import type { FunctionDeps, HttpApp } from './deps.ts';
import { mustExist } from './find.ts';

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>drey API</title>
<link rel="icon" href="/swagger/favicon-32x32.png">
<link rel="stylesheet" href="/swagger/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/swagger-ui-bundle.js"></script>
<script src="/swagger/start.js"></script>
</body>
</html>
`;

const START = "SwaggerUIBundle({ url: '/swagger.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n";

export function serveSwagger(app: HttpApp, { settings }: FunctionDeps): void {
  let document: Promise<object> | undefined;
  const read = (): Promise<object> =>
    (document ??= import('./openapi.ts').then(({ createOpenApi }) => createOpenApi({ version: settings.version, withTokens: settings.auth.kind !== 'none' })));
  for (const path of ['/swagger.json', '/api/swagger.json']) app.get(path, async (context) => context.json(await read()));
  app.get('/swagger', (context) => context.html(PAGE, 200, { 'Content-Security-Policy': POLICY }));
  app.get('/swagger/start.js', (context) => context.body(START, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  app.get('/swagger/:file', async (context) => {
    const file = context.req.param('file');
    const type = mustExist(Object.hasOwn(FILES, file) ? FILES[file] : undefined, 'file', file);
    const bytes = await readFile(new URL(file, import.meta.resolve('swagger-ui-dist/swagger-ui.css')));
    return new Response(bytes, { headers: { 'Content-Type': type, 'Cache-Control': 'public, max-age=86400' } });
  });
}
