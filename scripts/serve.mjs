#!/usr/bin/env node
// Serves dist/ on 127.0.0.1 until it is stopped: at port PORT, or at 8080 or the next free one.

import { serve } from './static-server.mjs';

const firstPort = 8080;
const portsToTry = 20;

async function listen() {
  if (process.env.PORT) return serve(undefined, Number(process.env.PORT));
  for (let port = firstPort; port < firstPort + portsToTry; port += 1) {
    try {
      return await serve(undefined, port);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  return serve();
}

try {
  const { url } = await listen();
  console.log(`\n  Quorum is at ${url}   (Ctrl+C stops it)\n`);
} catch (error) {
  console.error(`Failed: port ${process.env.PORT} cannot be used (${error.message}).`);
  console.error('What to do: PORT=… make run with a free port from 1024 to 65535, or without PORT to have one chosen.');
  process.exit(1);
}
