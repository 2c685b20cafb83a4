// The page as a whole: it starts, and it fits.

import assert from 'node:assert/strict';

import { pause, setSpeed, speeds, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

pageTest('the page starts and says what it is', {}, async (page) => {
  assert.equal(await page.title(), 'Quorum');
  await page.getByRole('heading', { name: 'Quorum' }).waitFor();
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [800, 500]]) {
  pageTest(`the page never scrolls sideways at ${width}x${height}`, { width, height }, async (page) => {
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} px too wide`);
  });
}

pageTest('what is asked between two drawings happens at the moment that is seen', {}, async (page) => {
  await setSpeed(page, speeds.real);
  await untilLeader(page);
  const passed = await page.evaluate(() => new Promise((done) => {
    const clock = document.querySelector('[data-testid=clock]');
    const seconds = () => Number.parseFloat(clock.textContent);
    const observer = new MutationObserver(() => {
      observer.disconnect();
      const before = seconds();
      setTimeout(() => {
        document.querySelector('footer .play').click();
        setTimeout(() => done(seconds() - before), 30);
      }, 60);
    });
    observer.observe(clock, { subtree: true, characterData: true, childList: true });
  }));
  assert.ok(passed >= 0.05, `${passed} s after the last drawing`);
});

pageTest('time passes from the moment on at which somebody plays', {}, async (page) => {
  await setSpeed(page, speeds.real);
  await pause(page);
  const passed = await page.evaluate(() => new Promise((done) => {
    const seconds = () => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent);
    const before = seconds();
    const button = document.querySelector('footer .play');
    button.click();
    setTimeout(() => {
      button.click();
      setTimeout(() => done(seconds() - before), 30);
    }, 60);
  }));
  assert.ok(passed >= 0.05, `${passed} s`);
});

pageTest('a message is drawn before it is sent, and is seen from then on; in a run that stands there is none', {}, async (page) => {
  // What is not seen yet, by its number.
  const hidden = () => [...document.querySelectorAll('[data-flight]')]
    .filter((one) => getComputedStyle(one.firstElementChild).opacity === '0').map((one) => one.dataset.flight);
  await page.waitForFunction(`(${hidden})().length > 0`);
  const [id] = await page.evaluate(hidden);
  await page.waitForFunction((id) => getComputedStyle(document.querySelector(`[data-flight="${id}"] > svg`)).opacity === '1', id);
  await pause(page);
  assert.deepEqual(await page.evaluate(hidden), []);
});
