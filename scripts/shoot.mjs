#!/usr/bin/env node
// Takes pictures of the built page (dist/) at four sizes, in light and dark.
//
//   node scripts/shoot.mjs FOLDER [SCENARIO.mjs] [FILTER]
//
// FOLDER gets the PNGs, named like 1440x900-dark.png. SCENARIO's default export is called before each picture:
//   export default async (page, { width, height, theme }) => { await page.getByRole('button', { name: 'Play' }).click(); };
// FILTER takes only the pictures whose name contains it: 'dark', '390x844', '1440x900-light'.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { launch, open } from './browser.mjs';
import { serve } from './static-server.mjs';

const sizes = [[1440, 900], [1024, 768], [390, 844], [800, 500]];
const themes = ['light', 'dark'];

const [folder, ...rest] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node scripts/shoot.mjs FOLDER [SCENARIO.mjs] [FILTER]');
  process.exit(2);
}
const scenarioFile = rest.find((argument) => argument.endsWith('.mjs'));
const filter = rest.find((argument) => argument !== scenarioFile) ?? '';
const scenario = scenarioFile ? (await import(pathToFileURL(path.resolve(scenarioFile)))).default : () => {};

await mkdir(folder, { recursive: true });
const { url, server } = await serve();
const browser = await launch();
try {
  for (const [width, height] of sizes) {
    for (const theme of themes) {
      const name = `${width}x${height}-${theme}`;
      if (!name.includes(filter)) continue;
      const page = await open(browser, url, { width, height, theme });
      await scenario(page, { width, height, theme });
      const file = path.join(folder, `${name}.png`);
      await page.screenshot({ path: file });
      console.log(file);
      for (const problem of page.problems) console.log(`  ${problem}`);
      await page.context().close();
    }
  }
} finally {
  await browser.close();
  server.close();
}
