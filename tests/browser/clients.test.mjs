// The Clients tab: lanes of operations per key over time, with the faults on the same axis.

import assert from 'node:assert/strict';

import { answers, clock, cut, pause, play, send, setSpeed, speeds, stepUntil, until, untilAnswered, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';
import { excess, openTab, sizes, staleRead, themes, three } from './tabs.mjs';

const chart = (page) => page.getByTestId('clients');
const plot = (page) => chart(page).locator('.sq-plot');
const operation = (page) => page.getByTestId('operation');
const labels = (page) => plot(page).locator('.sq-label').allTextContents();
const lanes = (page) => chart(page).locator('.sq-name').allTextContents();

/** Two writes and a read, paused. */
async function asked(page) {
  const leader = await three(page);
  await pause(page);
  // By steps, so that they follow each other as closely on a slow machine.
  for (const [verb, key, value] of [['put', 'a', '1'], ['put', 'b', '2'], ['get', 'a', undefined]]) {
    await send(page, verb, key, value, leader);
    await stepUntil(page, async () => (await answers(page)).at(-1)?.outcome === 'done');
  }
  const end = await clock(page);
  await stepUntil(page, async () => await clock(page) > end + 0.2); // Room for the last label.
  await openTab(page, 'clients');
  await plot(page).locator('svg').waitFor();
  await plot(page).locator('.sq-write').nth(1).waitFor({ state: 'attached' });
  return leader;
}

pageTest('every key has a lane with what was asked and answered, below the members', {}, async (page) => {
  await asked(page);
  assert.deepEqual(await lanes(page), ['infra1', 'infra2', 'infra3', 'a', 'b']);
  assert.equal(await plot(page).locator('.sq-write').count(), 2);
  assert.equal(await plot(page).locator('.sq-operation').count(), 1);
  assert.equal(await plot(page).locator('.sq-effect').count(), 2);
  const said = await labels(page);
  assert.ok(said.some((label) => label.includes('get → 1')), said.join(', '));
  await page.getByLabel('Keys that begin with').fill('b');
  await until(page, () => document.querySelectorAll('.clients .sq-name').length === 4);
});

pageTest('an operation is named under the pointer, and a click selects it and goes to its end', {}, async (page) => {
  await asked(page);
  const live = await clock(page);
  const bar = await plot(page).locator('.sq-write').first().boundingBox();
  await page.mouse.move(bar.x + bar.width / 2, bar.y + bar.height / 2);
  assert.match(await page.getByTestId('clients-tip').textContent(), /client A: put a 1 at infra\d.*OK.*takes effect/);
  await page.mouse.down();
  await page.mouse.up();
  assert.match(await operation(page).textContent(), /put a 1/);
  assert.ok(await clock(page) < live);
  assert.equal(await plot(page).locator('.sq-write').count(), 2, 'what comes later stays in sight');
  await operation(page).getByRole('button', { name: 'Why?' }).click();
  assert.match(await page.getByTestId('why-question').textContent(), /put a 1/);
});

pageTest('the keyboard chooses operations, goes to them, moves and zooms', {}, async (page) => {
  await asked(page);
  const live = await clock(page);
  await plot(page).focus();
  await page.keyboard.press('ArrowDown');
  const first = await page.getByTestId('clients-chosen').textContent();
  assert.match(first, /put a 1/);
  await page.keyboard.press('ArrowDown');
  assert.match(await page.getByTestId('clients-chosen').textContent(), /put b 2/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  assert.ok(await clock(page) < live);
  const places = () => plot(page).locator('.sq-write').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().x));
  const [first_, second] = await places();
  await page.keyboard.press('+');
  await until(page, (apart) => {
    const [one, other] = [...document.querySelectorAll('.clients .sq-write')].map((bar) => bar.getBoundingClientRect().x);
    return other - one > apart * 1.2;
  }, second - first_);
  await page.keyboard.press('-');
  await page.keyboard.press('ArrowLeft');
  await until(page, (before) => document.querySelector('.clients .sq-write').getBoundingClientRect().x > before + 5, first_);
});

pageTest('what nobody knows the end of is open, and cuts and crashes stand on the same axis', {}, async (page) => {
  const leader = await three(page);
  await pause(page);
  await cut(page, [leader]);
  await send(page, 'put', 'a', '1', leader);
  await page.keyboard.press('Escape');
  await page.locator('.sentence, [data-testid=sentence]').first().click();
  await page.keyboard.press(String(leader % 3 + 1));
  await page.keyboard.press('c');
  await openTab(page, 'clients');
  const open = () => labels(page).then((all) => all.some((label) => label.endsWith('…')));
  // All of it happens at one moment: some time has to pass before the cut is as wide as anything.
  const since = await clock(page);
  await stepUntil(page, async () => await open() && await clock(page) > since + 0.05);
  assert.ok(await plot(page).locator('.sq-open').count() >= 1);
  assert.equal(await plot(page).locator('.sq-cut').count(), 1);
  assert.ok(await plot(page).locator('.sq-crash').count() >= 1);
  assert.equal((await answers(page)).at(-1).outcome, 'pending');
});

pageTest('operations that contradict each other are framed, and lead to the evidence and back', {}, async (page) => {
  await staleRead(page);
  await pause(page);
  await openTab(page, 'clients');
  await plot(page).locator('.sq-contradiction').first().waitFor({ state: 'attached' });
  await page.locator('[data-vital=safe]').click();
  const linear = page.locator('[data-property="Linearizability"]');
  assert.equal(await linear.getAttribute('data-verdict'), 'error');
  await linear.locator('.asked', { hasText: 'get name' }).first().click();
  assert.match(await operation(page).textContent(), /contradicts others/);
  await operation(page).getByRole('button', { name: 'See the evidence' }).click();
  await page.getByTestId('checks').waitFor();
});

/** How many of these bars lie within the chart, and are wide enough to be pointed at. */
const inSight = (page, look) => plot(page).evaluate((one, kind) => {
  const { left, right } = one.getBoundingClientRect();
  const boxes = [...one.querySelectorAll(kind)].map((bar) => bar.getBoundingClientRect());
  return boxes.filter((box) => box.left >= left + 70 && box.right <= right + 1 && box.width >= 3).length;
}, look);

pageTest('long after the last answer the tab opens on what was asked for', {}, async (page) => {
  await asked(page);
  await page.locator('#tab-selected').click();
  await setSpeed(page, speeds.fastest);
  await play(page);
  const then = await clock(page);
  await until(page, (time) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) > time + 20, then);
  await openTab(page, 'clients');
  await plot(page).locator('.sq-write').first().waitFor({ state: 'attached' });
  assert.deepEqual([await inSight(page, '.sq-write'), await inSight(page, '.sq-operation')], [2, 1]);
  assert.equal(await page.locator('.clients-empty').count(), 0);
  await pause(page);
  // Whoever follows the present sees that nothing happens there, and a click brings everything back.
  await chart(page).getByRole('button', { name: 'Follow the present' }).click();
  assert.equal(await page.locator('.clients-empty').textContent(), 'Nobody asked for anything in this time.');
  await chart(page).getByRole('button', { name: 'Show what was asked for' }).click();
  assert.equal(await inSight(page, '.sq-write'), 2);
  await plot(page).focus();
  await page.keyboard.press('End');
  assert.equal(await inSight(page, '.sq-write'), 0);
  await page.keyboard.press('Home');
  assert.equal(await inSight(page, '.sq-write'), 2);
});

pageTest('before anybody asks for anything the tab says how to, and the first write is in sight at once', {}, async (page) => {
  const leader = await three(page);
  await openTab(page, 'clients');
  assert.match(await page.locator('.clients-empty').textContent(), /yet: put a key/);
  await send(page, 'put', 'a', '1', leader);
  await untilAnswered(page);
  await until(page, () => document.querySelector('.clients .sq-write'));
  assert.equal(await inSight(page, '.sq-write'), 1);
  await page.getByLabel('Keys that begin with').fill('zebra');
  await page.locator('.clients-empty', { hasText: 'such keys' }).waitFor();
  await page.getByLabel('Keys that begin with').fill('');
  await until(page, () => document.querySelector('.clients .sq-write'));
  await pause(page);
});

pageTest('the chart is not drawn while another tab is shown', {}, async (page) => {
  await asked(page);
  await page.locator('#tab-selected').click();
  assert.equal(await chart(page).count(), 0);
});

for (const [width, height] of sizes) {
  for (const theme of themes) {
    pageTest(`the operations fit at ${width}x${height}, ${theme}`, { width, height, theme }, async (page) => {
      await setSpeed(page, speeds.fastest);
      await untilLeader(page);
      await pause(page);
      await openTab(page, 'clients');
      await plot(page).locator('svg').waitFor();
      assert.ok(await excess(page, '.inspector') <= 0);
      const area = await plot(page).boundingBox();
      assert.ok(area.width > 250 && area.height > 120, JSON.stringify(area));
    });
  }
}
