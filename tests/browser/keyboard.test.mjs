// The whole page by keyboard alone: after every key the focus is somewhere, and can be seen.

import assert from 'node:assert/strict';

import { until, vital } from './quorum.mjs';
import { accessible, pageTest } from './support.mjs';

/** What has the focus: its name and place, or what is wrong with it. */
function focus(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { lost: true };
    const box = element.getBoundingClientRect();
    const name = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
    const style = getComputedStyle(element);
    // Marks of the stage show the focus by a ring of their own.
    const ring = element.querySelector('.focus-ring, rect, .wall-line');
    const marked = style.outlineStyle !== 'none' || (ring && getComputedStyle(ring).stroke !== 'none');
    const inside = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
    return { name: name.trim(), visible: box.width > 0 && box.height > 0 && inside && element.matches(':focus-visible') && Boolean(marked) };
  });
}

/** Presses a key and looks where the focus is. */
async function press(page, key) {
  await page.keyboard.press(key);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  let now = await focus(page);
  if (now.lost && key === 'Tab') {
    // After the last control Tab leaves the page for the browser, and comes back to the first.
    await page.keyboard.press('Tab');
    now = await focus(page);
  }
  assert.ok(!now.lost, `${key} loses the focus`);
  assert.ok(now.visible, `after ${key} the focus, at “${now.name}”, cannot be seen`);
  return now.name;
}

/** Goes forward with Tab until something of this name, in this part of the page, has the focus. */
async function tabTo(page, name, part = 'body', most = 90) {
  const seen = [];
  for (let i = 0; i < most; i++) {
    const here = await press(page, 'Tab');
    const there = await page.evaluate((selector) => document.activeElement.closest(selector) !== null, part);
    if (there && (typeof name === 'string' ? here === name : name.test(here))) return;
    seen.push(here);
  }
  assert.fail(`Tab does not come to ${name}: ${seen.join(' | ')}`);
}

async function type(page, text) {
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

pageTest('everything is done by keyboard alone, and the focus is never lost', { patience: 240_000 }, async (page) => {
  // A cluster of three.
  await tabTo(page, 'New cluster');
  assert.equal(await press(page, 'Enter'), 'Members');
  await type(page, '3');
  await tabTo(page, 'Start');
  await press(page, 'Enter');
  await until(page, () => document.querySelectorAll('.member').length === 3);
  // It plays; faster; there is a leader; it stops.
  await press(page, ']');
  await press(page, ']');
  await until(page, () => document.querySelector('[data-vital=leader]').textContent.startsWith('infra'));
  await tabTo(page, 'Pause', 'footer');
  assert.equal(await press(page, ' '), 'Play');
  const leader = Number((await vital(page, 'leader')).replace('infra', ''));
  const other = leader % 3 + 1;
  // Select by key, and by Tab and Enter.
  await press(page, String(leader));
  assert.equal(await page.locator('.member[aria-pressed=true]').getAttribute('data-member'), String(leader));
  await tabTo(page, new RegExp(`^infra${other}, follower`));
  await press(page, 'Enter');
  assert.equal(await page.locator('.member[aria-pressed=true]').getAttribute('data-member'), String(other));
  await press(page, 'Escape');
  // Write a key through the form.
  assert.equal(await press(page, 'w'), 'key');
  await type(page, 'fruit');
  await press(page, 'Tab');
  await type(page, 'plum');
  await press(page, 'Enter');
  await until(page, () => document.querySelector('[data-testid=answer]'));
  await tabTo(page, 'Step', 'footer');
  for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowRight');
  await until(page, () => document.querySelector('[data-testid=answer]').dataset.outcome === 'done');
  // Crash the leader, and start it again.
  await press(page, String(leader));
  await press(page, 'c');
  assert.equal(await page.locator(`.member[data-member="${leader}"]`).getAttribute('data-role'), 'crashed');
  await press(page, 'c');
  assert.notEqual(await page.locator(`.member[data-member="${leader}"]`).getAttribute('data-role'), 'crashed');
  // Cut the network, and heal it.
  await press(page, 'x');
  await press(page, ' ');
  await press(page, ' ');
  await tabTo(page, /^Cut \d/);
  await press(page, 'Enter');
  await page.getByTestId('wall').waitFor();
  await tabTo(page, /^Heal/);
  await press(page, 'Enter');
  await page.getByTestId('wall').waitFor({ state: 'detached' });
  // Back by steps, to the beginning, and to the end.
  const time = () => page.getByTestId('clock').textContent().then(Number.parseFloat);
  const end = await time();
  for (let i = 0; i < 8; i++) await press(page, 'ArrowLeft');
  assert.ok(await time() < end);
  await press(page, 'Home');
  assert.equal(await time(), 0);
  await press(page, 'End');
  assert.equal(await time(), end);
  // Act in the past: another branch; and its panel.
  for (let i = 0; i < 8; i++) await press(page, 'ArrowLeft');
  await press(page, String(other));
  await press(page, 'p');
  assert.equal(await page.locator('.tl-branch').count(), 2);
  await tabTo(page, /: all branches$/);
  await press(page, 'Enter');
  await page.locator('.branches').waitFor();
  await accessible(page);
  await press(page, 'Escape');
  await press(page, 'p');
  // The console.
  assert.equal(await press(page, '/'), 'Command line');
  await page.keyboard.type('etcdctl version');
  await press(page, 'Enter');
  await page.locator('.screen pre').filter({ hasText: 'etcdctl version:' }).waitFor();
  await press(page, 'Escape');
  // Why?
  await tabTo(page, 'Step', 'footer');
  await press(page, 'y');
  await page.getByTestId('why').waitFor();
  // The sequence, moved and left by keys.
  await press(page, 's');
  await page.getByTestId('sequence').waitFor();
  await tabTo(page, /^Messages over time/);
  await press(page, 'ArrowDown');
  await press(page, 'ArrowLeft');
  await accessible(page);
  await press(page, 's');
  // The help names every key; Escape closes it.
  await press(page, '?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await accessible(page);
  assert.equal(await press(page, 'Escape'), 'Keys');
  // The settings.
  await tabTo(page, 'New cluster');
  await press(page, 'Enter');
  await tabTo(page, 'Elections');
  await press(page, 'Enter');
  await tabTo(page, /^heartbeat every/);
  await type(page, '70');
  await accessible(page);
  assert.equal(await press(page, 'Escape'), 'New cluster');
  // Theme and language.
  await tabTo(page, /^PT: /);
  await press(page, 'Enter');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'pt-BR');
  await press(page, 'Enter');
  await press(page, 'Tab');
  await press(page, 'Enter');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
});

pageTest('Tab goes through the page in reading order and comes out of it again', {}, async (page) => {
  await page.keyboard.press('Tab');
  const places = [];
  for (let i = 0; i < 150; i++) {
    const place = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return null;
      const part = element.closest('header, .left, .stagewrap, .say, .logs, .write, .inspector, footer');
      return part ? (part.tagName === 'DIV' || part.tagName === 'SECTION' || part.tagName === 'ASIDE' ? part.className.split(' ')[0] : part.tagName) : element.id;
    });
    if (place === null) break;
    if (places.at(-1) !== place) places.push(place);
    await page.keyboard.press('Tab');
  }
  assert.deepEqual(places, ['HEADER', 'left', 'stagewrap', 'say', 'logs', 'write', 'inspector', 'FOOTER']);
});
