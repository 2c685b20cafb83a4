#!/usr/bin/env node
// Measures what the built page (dist/) needs of memory while it plays on and on, in Chromium.
//
//   node scripts/page-memory.mjs [MINUTES]
//
// A cluster of five plays under continuous writes for MINUTES (10), as in scripts/page-speed.mjs. Prints one JSON object
// per line: at the start and every minute, after a collection of garbage, kilobytes of the JavaScript heap and of the
// program's own memory (in which the run is), how many nodes, listeners and animations there are, how many steps the run
// has, and bytes of the recording that is kept; then what grew per minute in the second half, when all that fills up in
// the beginning is full.

import { launch, underWrites } from './browser.mjs';
import { serve } from './static-server.mjs';

const minutes = Number(process.argv[2] ?? 10);
const print = (values) => console.log(JSON.stringify(values));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const { url, server } = await serve();
const browser = await launch();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  // The program's memory is in no count of the browser's.
  await page.addInitScript(() => {
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const instantiate = WebAssembly[name];
      WebAssembly[name] = async (...all) => {
        const made = await instantiate.apply(WebAssembly, all);
        window.programMemory = (made.instance ?? made).exports.memory;
        return made;
      };
    }
  });
  await page.goto(url);
  await underWrites(page, 5);
  const cdp = await page.context().newCDPSession(page);
  const began = Date.now();
  const look = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners: listeners } = await cdp.send('Memory.getDOMCounters');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    return {
      minute: Math.round((Date.now() - began) / 6_000) / 10,
      heap: Math.round(usedSize / 1_024),
      nodes,
      listeners,
      ...await page.evaluate(() => ({
        program: window.programMemory.buffer.byteLength / 1_024,
        elements: document.querySelectorAll('*').length,
        animations: document.getAnimations().length,
        steps: Number(document.querySelector('[data-testid=steps]').textContent.replace(/\D/g, '')),
        recording: Object.values(sessionStorage).join('').length,
      })),
    };
  };
  const looks = [];
  for (let minute = 0; minute <= minutes; minute++) {
    await sleep(began + minute * 60_000 - Date.now());
    looks.push(await look());
    print(looks.at(-1));
  }
  const [half, end] = [looks[Math.floor(looks.length / 2)], looks.at(-1)];
  const grown = (key) => [key, Math.round((end[key] - half[key]) / (end.minute - half.minute) * 10) / 10];
  print({ 'grown per minute': Object.fromEntries(['heap', 'program', 'nodes', 'listeners', 'elements', 'animations'].map(grown)) });
} finally {
  await browser.close();
  server.close();
}
