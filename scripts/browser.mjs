// Starts headless Chromium and opens the built page: used by scripts/shoot.mjs and the browser tests.

import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = process.env.QUORUM_TOOLS || fileURLToPath(new URL('../.tools', import.meta.url));
const require = createRequire(path.join(tools, 'node', 'package.json'));
const { chromium } = require('playwright-core');

/** The program that looks for what is wrong with a page for people who cannot see it, or not well: axe. */
export const axeSource = () => readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** HEADLESS_SHELL, CHROMIUM, or the first of Chromium's usual names on PATH: the one without windows starts sooner. */
function executable() {
  const candidates = [process.env.HEADLESS_SHELL, process.env.CHROMIUM].filter(Boolean);
  for (const name of ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of process.env.PATH.split(path.delimiter)) candidates.push(path.join(folder, name));
  }
  const found = candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error('Chromium is not installed: run scripts/setup test, or set CHROMIUM.');
  return found;
}

export function launch() {
  return chromium.launch({ executablePath: executable(), headless: true, args: flags });
}

/**
 * Opens `url` in a fresh profile and waits until the interface is there.
 *
 * `options` are Playwright's context options, and: `width` and `height` of the window in CSS pixels (1440 × 900),
 * `theme` ('light' or 'dark', what the system prefers), `firstVisit` (true: with the hints of the first visit).
 *
 * The page that is returned carries `problems`: everything that it wrote to the console as a warning or an error,
 * every exception that it did not catch and every request that failed, from its first moment on.
 */
export async function open(browser, url, { width = 1440, height = 900, theme = 'light', firstVisit = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, ...options });
  if (!firstVisit) await context.addInitScript(() => localStorage.setItem('quorum.hints', 'seen'));
  const page = await context.newPage();
  page.problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.problems.push(`console.${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => page.problems.push(`not caught: ${error.message}`));
  page.on('requestfailed', (request) => page.problems.push(`request failed: ${request.url()}`));
  await page.goto(url);
  await page.locator('#app > *').first().waitFor();
  return page;
}

/** What a page is told when another tab comes before it, or when it is in front again. */
export async function hide(page, hidden = true) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/**
 * Makes `host` a page with the page at `url` in a frame of 800 × 500, so far down that nobody sees it. Returns the frame
 * once the cluster is there.
 */
export async function embed(host, url) {
  // From the same site, or the browser itself would not draw the frame.
  await host.route('**/host.html', (route) => route.fulfill({
    contentType: 'text/html',
    body: '<!doctype html><html lang="en"><title>Host</title><main><h1>A course</h1><div style="height:5000px"></div>'
      + `<iframe title="Quorum" width="800" height="500" src="${url}"></iframe></main>`,
  }));
  await host.goto(new URL('host.html', url).href);
  const frame = host.frameLocator('iframe');
  await frame.locator('.member').first().waitFor({ state: 'attached' });
  return frame;
}

/** Lets a client send fifty writes a second, at this step of the speed. */
export async function underWrites(page, speed) {
  await page.locator('[data-vital=leader]').filter({ hasText: 'infra' }).waitFor();
  await page.locator('#network').click();
  const inspector = page.locator('.inspector');
  await inspector.getByRole('button', { name: 'A new client …' }).click();
  await page.getByLabel('requests a second').fill('50');
  await page.getByLabel('% reads').fill('0');
  await inspector.getByRole('button', { name: 'Send by itself' }).click();
  await page.getByLabel('Speed', { exact: true }).fill(String(speed));
  await page.keyboard.press('Escape');
}
