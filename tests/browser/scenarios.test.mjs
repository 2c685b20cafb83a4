// The ready-made scenarios: what a person does with the panel at the left.

import assert from 'node:assert/strict';

import { act, clock, member, pause, play, roles, setSpeed, speeds, steps, until } from './quorum.mjs';
import { pageTest } from './support.mjs';

const sizes = [[1440, 900], [1024, 768], [390, 844], [800, 500]];
const open = async (page) => {
  if (await page.locator('#left').count() === 0) await page.locator('#open-left:visible, #open-left-sheet:visible').click();
};
const scenario = async (page, name) => {
  await open(page);
  await page.locator(`.scenario[data-scenario="${name}"]`).click();
  await page.getByTestId('scenario').waitFor();
};
const next = (page) => page.getByRole('button', { name: 'Next →' }).click();
const state = (page, line) => page.locator(`.script [data-line="${line}"]`).getAttribute('data-state');
const toTheEnd = async (page) => {
  while (await page.locator('#scenario-next').isEnabled()) await next(page);
};

for (const [width, height] of sizes) {
  pageTest(`a scenario is opened with one click and played at ${width}x${height}`, { width, height }, async (page) => {
    await open(page);
    assert.equal(await page.locator('.scenario').count(), 18);
    await scenario(page, 'leader-crash');
    await pause(page);
    assert.match(await page.getByTestId('scenario').textContent(), /The leader crashes/);
    await toTheEnd(page);
    assert.match(await page.getByTestId('scenario-state').textContent(), /all that it expected was so/);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} px too wide`);
    for (const target of await page.locator('#left button:visible').all()) {
      const box = await target.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, 'no button is cut off');
    }
  });
}

pageTest('every scenario comes to its end with everything as expected', {}, async (page) => {
  await open(page);
  const names = await page.locator('.scenario').evaluateAll((all) => all.map((one) => one.dataset.scenario));
  for (const name of names) {
    await scenario(page, name);
    const last = page.locator('.script [data-line]').last();
    await last.locator('button').click();
    await toTheEnd(page);
    assert.equal(await page.locator('.scenario-state [data-state=passed]').count(), 1, name);
    assert.equal(await page.locator('.script [data-state=ahead]').count(), 0, name);
    await page.getByRole('button', { name: 'All scenarios' }).click();
  }
});

pageTest('the script says at which line the run is, forward and back', {}, async (page) => {
  await scenario(page, 'leader-crash');
  await pause(page);
  const lines = page.locator('.script [data-line]');
  const crash = lines.filter({ hasText: /^▶?✓?crash/ }).first();
  const line = await crash.getAttribute('data-line');
  await crash.getByRole('button').click();
  assert.equal(await state(page, line), 'now');
  assert.ok(!(await roles(page)).includes('crashed'), 'it is about to happen');
  await page.keyboard.press('ArrowRight');
  assert.equal(await state(page, line), 'done');
  assert.ok((await roles(page)).includes('crashed'));
  await page.keyboard.press('ArrowLeft');
  assert.equal(await state(page, line), 'now');
  const before = await clock(page);
  await page.getByRole('button', { name: '← Back' }).click();
  assert.ok(await clock(page) < before);
  assert.ok(!(await roles(page)).includes('crashed'));
  await page.keyboard.press('Home');
  assert.equal(await page.getByTestId('scenario-step').textContent().then((text) => text.split(' ')[0]), '0');
  await setSpeed(page, speeds.fastest);
  await play(page);
  await until(page, () => document.querySelector('.scenario-state [data-state=passed]'));
});

pageTest('whoever acts on the way has a run of their own, and can go back', {}, async (page) => {
  await scenario(page, 'five-three-two');
  await pause(page);
  for (let i = 0; i < 4; i++) await next(page);
  const there = await page.getByTestId('scenario-step').textContent();
  await member(page, 1).click();
  await act(page, 'Crash');
  assert.match(await page.getByTestId('scenario-state').textContent(), /this run is yours/);
  assert.match(await page.locator('#branches').textContent(), /branch 2/);
  await page.getByRole('button', { name: 'Return to the scenario' }).click();
  assert.equal(await page.locator('#branches').textContent(), 'main');
  assert.equal(await page.locator('.scenario-state p').count(), 0);
  assert.equal(await page.getByTestId('scenario-step').textContent(), there);
  await toTheEnd(page);
  assert.equal(await page.locator('.scenario-state [data-state=passed]').count(), 1);
});

pageTest('a page that is loaded again goes on with its scenario', {}, async (page) => {
  await scenario(page, 'five-three-two');
  await pause(page);
  for (let i = 0; i < 4; i++) await next(page);
  const there = () => Promise.all([
    page.getByTestId('scenario-step').textContent(), page.locator('.script [aria-current]').textContent(), clock(page),
  ]);
  const before = await there();
  await page.reload();
  await page.getByTestId('scenario').waitFor();
  assert.deepEqual(await there(), before);
  assert.ok(await page.locator('.script [aria-current]').isVisible());
  // Whoever has acted has a run of their own, and the way back is kept.
  await member(page, 1).click();
  await act(page, 'Crash');
  await page.locator('.scenario-state [data-state=own]').waitFor();
  await page.reload();
  await page.locator('.scenario-state [data-state=own]').waitFor();
  await page.getByRole('button', { name: 'Return to the scenario' }).click();
  assert.deepEqual(await there(), before);
  await toTheEnd(page);
  assert.equal(await page.locator('.scenario-state [data-state=passed]').count(), 1);
  // Another cluster is no scenario, and stays none.
  await page.getByRole('button', { name: 'New cluster' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await pause(page);
  await page.reload();
  await page.locator('.scenario').first().waitFor();
});

pageTest('undo takes back what the script did', {}, async (page) => {
  await scenario(page, 'first-election');
  await page.getByRole('button', { name: 'All scenarios' }).click();
  await scenario(page, 'leader-crash');
  await pause(page);
  await toTheEnd(page);
  await page.keyboard.press('Control+z');
  assert.match(await page.getByTestId('time-told').textContent(), /Undone/);
  assert.equal(await page.locator('.script [data-state=now]').count(), 1);
});

pageTest('a scenario can be shared as a link', {}, async (page) => {
  await scenario(page, 'split-vote');
  await pause(page);
  await toTheEnd(page);
  const end = await steps(page);
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.locator('#share-link').inputValue();
  await page.keyboard.press('Escape');
  await page.goto(link);
  await page.locator('.member').first().waitFor();
  await page.keyboard.press('End');
  assert.equal(await steps(page), end);
});

pageTest('the panel is used with the keyboard alone', {}, async (page) => {
  await pause(page);
  // It is open at first: the key closes it, and brings it back with the focus in it.
  await page.locator('body').press('l');
  assert.equal(await page.locator('#left').count(), 0);
  await page.locator('body').press('l');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'tab');
  while (!(await page.evaluate(() => document.activeElement.classList.contains('scenario')))) await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByTestId('scenario').waitFor();
  assert.equal(await page.getByTestId('scenario').getAttribute('data-scenario'), 'write-through-a-follower');
  await until(page, (id) => document.activeElement.id === id, 'scenario-next');
  await page.keyboard.press('Enter');
  await until(page, (id) => document.activeElement.id === id, 'scenario-next');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#left').count(), 0);
  await until(page, (id) => document.activeElement.id === id, 'open-left');
});
