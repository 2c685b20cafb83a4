// What every browser test shares: one server and one browser per file, a fresh page per test, and a picture when it fails.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { axeSource, launch, open } from '../../scripts/browser.mjs';
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
 * What axe finds wrong with what the page shows now, for people with and without eyes: one line per rule and element.
 * All of axe's rules count, its best practices too.
 */
export async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource());
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary.split('\n').slice(1).join('; ')}`));
}

/** Nothing is wrong with what the page shows now. */
export async function accessible(page) {
  assert.deepEqual(await findings(page), [], 'axe finds nothing');
}

/**
 * A test of the built page: `body` receives the opened page.
 *
 * `options` are those of `open` in scripts/browser.mjs: width, height, theme, and Playwright's context options; and
 * `patience`, how many milliseconds the test may take.
 * The test fails when `body` throws, when the page wrote a warning or an error to the console, and when axe finds
 * something wrong with the page as `body` leaves it (`accessible(page)` looks in between).
 */
export function pageTest(name, { patience = patienceMs, ...options }, body) {
  test(name, { timeout: patience }, async (t) => {
    const page = await open(browser, site.url, options);
    try {
      await body(page);
      if (!page.isClosed()) await accessible(page);
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
