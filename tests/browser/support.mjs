// What every browser test shares: one server and one browser per file, a fresh page per test, and a picture when it fails.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, open } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/static-server.mjs';

const pictures = fileURLToPath(new URL('../../target/browser', import.meta.url));
const patienceMs = 60_000;

let site;
let browser;

before(async () => {
  site = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.server.close();
});

/** Saves what the page shows, and returns the file's name. */
async function picture(page, name) {
  await mkdir(pictures, { recursive: true });
  const file = path.join(pictures, `${name.replace(/[^a-z0-9]+/gi, '-')}.png`);
  await page.screenshot({ path: file });
  return file;
}

/**
 * A test of the built page: `body` receives the opened page.
 *
 * `options` are those of `open` in scripts/browser.mjs: width, height, theme, and Playwright's context options.
 * The test fails when `body` throws, and when the page wrote a warning or an error to the console.
 */
export function pageTest(name, options, body) {
  test(name, { timeout: patienceMs }, async (t) => {
    const page = await open(browser, site.url, options);
    try {
      await body(page);
      assert.deepEqual(page.problems, [], 'the page complained on its console');
    } catch (error) {
      t.diagnostic(`picture of the failure: ${await picture(page, name)}`);
      if (page.problems.length > 0) t.diagnostic(`on the console: ${page.problems.join('; ')}`);
      throw error;
    } finally {
      await page.context().close();
    }
  });
}
