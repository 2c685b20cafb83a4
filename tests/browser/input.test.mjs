// Bad input is answered where it was typed, and nothing else changes; the keyboard alone; sizes and themes.

import assert from 'node:assert/strict';

import { answers, clock, frames, member, newCluster, pause, roles, send, setSpeed, speeds, steps, until, untilAnswered, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

pageTest('a wrong number of members or a wrong seed is named at its field', {}, async (page) => {
  await pause(page);
  const before = await steps(page);
  await page.getByRole('button', { name: 'New cluster' }).click();
  const bad = [
    ['0', '7', '#members-error', /1 to 25/], ['26', '7', '#members-error', /1 to 25/], ['', '7', '#members-error', /1 to 25/],
    ['three', '7', '#members-error', /1 to 25/], ['5', '', '#seed-error', /seed/], ['5', '-1', '#seed-error', /whole number/],
    ['5', '18446744073709551616', '#seed-error', /18446744073709551615/],
  ];
  for (const [members, seed, place, message] of bad) {
    await page.getByRole('textbox', { name: 'Members' }).fill(members);
    await page.getByRole('textbox', { name: 'Seed' }).fill(seed);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    assert.match(await page.locator(place).textContent(), message);
  }
  assert.equal((await roles(page)).length, 5);
  assert.equal(await steps(page), before);
  await page.getByRole('button', { name: 'Fresh seed' }).click();
  assert.match(await page.getByRole('textbox', { name: 'Seed' }).inputValue(), /^\d+$/);
  assert.equal(await page.locator('#seed-error').textContent(), '');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  assert.equal(await page.locator('.new-cluster').count(), 0);
});

pageTest('an empty key and a request above 1.5 MiB are refused in the words of etcd', {}, async (page) => {
  await pause(page);
  await send(page, 'put', '', 'joe', 1);
  assert.match(await page.locator('#write-error').textContent(), /etcdserver: key is not provided/);
  await send(page, 'put', 'k', 'x'.repeat(1_600_000), 1);
  assert.match(await page.locator('#write-error').textContent(), /etcdserver: request is too large/);
  assert.equal((await answers(page)).length, 0);
  assert.equal(await page.locator('[data-client]').count(), 0);
});

pageTest('impossible actions say why', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await member(page, leader).click();
  assert.equal(await page.getByRole('button', { name: 'Time out now', exact: true }).count(), 0, 'a leader has no election timer');
  await page.keyboard.press('t');
  await page.getByText(/leads; only a follower/).waitFor();
  await page.keyboard.press('x');
  await page.locator('.cut-panel .chip[data-side=B]').click();
  await page.getByRole('button', { name: 'Cut 3 | 0' }).click();
  assert.match(await page.locator('#cut-error').textContent(), /only one side/);
  assert.equal(await page.getByTestId('wall').count(), 0);
});

pageTest('everything can be done with the keyboard alone', {}, async (page) => {
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  await press(' ');
  const before = await clock(page);
  await press('ArrowRight');
  assert.notEqual(await clock(page), before);
  for (let i = 0; i < 12; i++) await press(']');
  assert.equal(await page.getByTestId('speed').textContent(), '10×');
  await press(' ');
  const leader = await untilLeader(page);
  await press('w');
  await until(page, () => document.activeElement.id === 'key');
  await page.keyboard.type('boat'); // What is in the field is selected, as when it is reached with Tab.
  await press('Enter');
  assert.deepEqual(await untilAnswered(page), { member: 1, outcome: 'done', text: 'OK' });
  assert.match(await page.getByTestId('answer').textContent(), /put boat joe/);
  await press('Escape');
  await page.locator('#key').blur();
  const victim = leader % 5 + 1;
  await press(String(victim), 'c');
  assert.equal((await roles(page))[victim - 1], 'crashed');
  await press('c', 'x');
  await until(page, () => document.activeElement?.classList.contains('chip'));
  await press(' ', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
  assert.equal(await page.getByTestId('wall').count() > 0, true);
  await press('?');
  await page.getByRole('dialog').waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await until(page, () => document.activeElement.id === 'help'); // The focus goes back.
});

pageTest('every control is reachable with Tab, in reading order', {}, async (page) => {
  await page.keyboard.press(' ');
  const order = [];
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused === document.body ? null : focused.getAttribute('aria-label') || focused.id || focused.textContent;
    });
    if (at === null || order.includes(at)) break;
    order.push(at);
  }
  const place = (text) => order.findIndex((one) => one.startsWith(text));
  const wanted = ['new-cluster', 'term', 'infra1,', 'infra5,', 'cut', 'Replicated log', 'key', 'value', 'through', 'Put', 'Crash', 'Undo', 'Play', 'Step by', 'speed', 'Playhead', 'On main'];
  const places = wanted.map(place);
  assert.ok(places.every((at) => at >= 0), `missing: ${wanted.filter((_, i) => places[i] < 0)} in ${order.join(' / ')}`);
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});

pageTest('a word opens its definition, Escape closes it', {}, async (page) => {
  await page.getByRole('button', { name: 'quorum', exact: true }).click();
  assert.match(await page.locator('.definition').textContent(), /majority/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.definition').isVisible(), false);
});

pageTest('the theme follows the system until somebody chooses, and is remembered', { theme: 'dark' }, async (page) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await ground(), 'rgb(15, 18, 23)');
  await page.getByRole('button', { name: 'Light theme' }).click();
  assert.equal(await ground(), 'rgb(244, 243, 239)');
  await page.reload();
  await page.getByRole('button', { name: 'Dark theme' }).waitFor();
  assert.equal(await ground(), 'rgb(244, 243, 239)');
});

pageTest('on a phone the rest of the page is in sheets', { width: 390, height: 844, hasTouch: true, isMobile: true }, async (page) => {
  await pause(page);
  assert.equal(await page.locator('#sheet-log').isVisible(), false);
  await page.getByRole('button', { name: 'Log', exact: true }).tap();
  assert.equal(await page.locator('#sheet-log').isVisible(), true);
  await page.getByRole('button', { name: 'Write', exact: true }).tap();
  assert.equal(await page.locator('#sheet-log').isVisible(), false);
  await page.getByRole('button', { name: 'Put', exact: true }).tap();
  assert.equal((await answers(page)).length, 1);
  await page.locator('#sheet-write').getByRole('button', { name: 'Close' }).tap();
  await member(page, 4).tap();
  assert.match(await page.getByTestId('member').textContent(), /infra4/);
  const small = await page.locator('button:visible').evaluateAll((all) =>
    all.filter((one) => !one.classList.contains('define') && one.getBoundingClientRect().height < 40).map((one) => one.textContent));
  assert.deepEqual(small, [], 'touch targets are at least 40 px high');
});

pageTest('at 1024 pixels the inspector is a drawer', { width: 1024, height: 768 }, async (page) => {
  await pause(page);
  assert.equal(await page.locator('#sheet-member').isVisible(), false);
  await member(page, 2).click();
  assert.equal(await page.locator('#sheet-member').isVisible(), true);
  const [drawer, stage] = [await page.locator('#sheet-member').boundingBox(), await page.locator('.stage').boundingBox()];
  assert.ok(stage.x + stage.width <= drawer.x, 'it covers nothing of the stage');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#sheet-member').isVisible(), false);
});

pageTest('with reduced motion messages stand still between events', { reducedMotion: 'reduce' }, async (page) => {
  await setSpeed(page, 0);
  for (let i = 0; i < 60 && (await page.locator('[data-flight]').count()) === 0; i++) await page.keyboard.press('ArrowRight');
  const places = () => page.locator('[data-flight] > svg').evaluateAll((all) => all.map((one) => one.getAttribute('style')));
  const before = await places();
  await page.keyboard.press(' ');
  await frames(page, 10);
  assert.deepEqual((await places()).slice(0, before.length), before);
});

pageTest('a step back undoes what happened, and a step forward brings it back', {}, async (page) => {
  await pause(page);
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  const seen = async () => [await steps(page), await page.getByTestId('sentence').textContent(), (await roles(page)).join()];
  const late = await seen();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  assert.equal(await steps(page), late[0] - 5);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  assert.deepEqual(await seen(), late);
  await page.getByRole('button', { name: 'Step back to the event before' }).click();
  assert.equal(await steps(page), late[0] - 1);
});
