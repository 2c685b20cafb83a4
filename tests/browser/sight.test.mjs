// Nobody sees the page: its tab lies behind another, or it is a frame that is scrolled away. It costs nothing then.

import assert from 'node:assert/strict';

import { embed, hide } from '../../scripts/browser.mjs';
import { setSpeed, speeds, steps, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Counts from now on how many timers and animation frames the window asks for. */
const countFrames = (where) => where.evaluate(() => {
  window.asked = 0;
  for (const name of ['setTimeout', 'requestAnimationFrame']) {
    const ask = window[name].bind(window);
    window[name] = (...all) => {
      window.asked += 1;
      return ask(...all);
    };
  }
});
const asked = (where) => where.evaluate(() => window.asked);

pageTest('in a hidden tab no frame is drawn and no time passes; in front again the run goes on', {}, async (page) => {
  await setSpeed(page, speeds.real);
  await untilLeader(page);
  await countFrames(page);
  await until(page, () => window.asked > 10);
  await hide(page);
  await sleep(100);
  const [before, frames] = [await steps(page), await asked(page)];
  await sleep(700);
  assert.equal(await asked(page), frames, 'no frame');
  assert.equal(await steps(page), before, 'no event');
  const clock = Number.parseFloat(await page.getByTestId('clock').textContent());
  await hide(page, false);
  await until(page, (last) => Number(document.querySelector('[data-testid=steps]').textContent.replace(/\D/g, '')) > last, before);
  const after = Number.parseFloat(await page.getByTestId('clock').textContent());
  assert.ok(after - clock < 0.6, `the time behind the other tab is not made up for: ${clock} to ${after}`);
});

pageTest('a frame that is scrolled away draws nothing until somebody sees it', {}, async (page) => {
  await embed(page, page.url());
  const inner = page.frames()[1];
  await countFrames(inner);
  await sleep(300);
  const frames = await asked(inner);
  await sleep(500);
  assert.equal(await asked(inner), frames, 'nobody sees it');
  await page.locator('iframe').evaluate((one) => one.scrollIntoView());
  await until(inner, () => window.asked > 10);
  await page.evaluate(() => scrollTo(0, 0));
  await sleep(300);
  const seen = await asked(inner);
  await sleep(500);
  assert.equal(await asked(inner), seen, 'nobody sees it any more');
});

pageTest('a frame in a hidden tab stays still when it is scrolled into sight', {}, async (page) => {
  await embed(page, page.url());
  const inner = page.frames()[1];
  await hide(inner);
  await countFrames(inner);
  await page.locator('iframe').evaluate((one) => one.scrollIntoView());
  await sleep(500);
  const frames = await asked(inner);
  assert.ok(frames <= 1, `${frames}`);
});

pageTest('what flies does not come to an end by itself, which would have the browser draw the page', {}, async (page) => {
  await untilLeader(page);
  await setSpeed(page, speeds.start);
  await page.locator('.flight').first().waitFor({ state: 'attached' });
  const left = await page.evaluate(() => document.getAnimations().map((one) => one.effect.getComputedTiming().endTime - one.currentTime));
  assert.ok(left.length > 0 && left.every((ms) => ms > 60_000), left.join(' '));
});
