// A static file server on 127.0.0.1 for the built page: used by scripts/serve, scripts/shoot and the browser tests.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const dist = fileURLToPath(new URL('../dist', import.meta.url));

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** The file of `folder` that a request's path names, or undefined when there is none. */
async function resolve(folder, pathname) {
  const wanted = path.join(folder, path.normalize(decodeURIComponent(pathname)));
  if (wanted !== folder && !wanted.startsWith(folder + path.sep)) return undefined;
  const file = pathname.endsWith('/') ? path.join(wanted, 'index.html') : wanted;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? file : undefined;
}

async function answer(folder, request, response) {
  const file = await resolve(folder, new URL(request.url, 'http://localhost').pathname).catch(() => undefined);
  if (!file) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    return;
  }
  response.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
  });
  createReadStream(file).pipe(response);
}

/** Serves `folder`; port 0 takes a free one. Resolves to the address and the server, or rejects when the port is taken. */
export function serve(folder = dist, port = 0) {
  const server = createServer((request, response) => answer(folder, request, response));
  return new Promise((resolvePromise, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolvePromise({ url: `http://127.0.0.1:${server.address().port}/`, server });
    });
  });
}
