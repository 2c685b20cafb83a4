// The quorum planner: what it says, and that what it says comes true on the stage.

import assert from 'node:assert/strict';

import { pause, play, setSpeed, speeds, until, untilLeader, vital } from './quorum.mjs';
import { pageTest } from './support.mjs';

const open = async (page) => {
  // In a wide window it is open at first.
  if (!(await page.locator('#left').count())) await page.locator('#open-left:visible, #open-left-sheet:visible').click();
  await page.getByRole('tab', { name: 'Planner' }).click();
};
const choose = (page, members) => page.locator('.planner .segments button').nth(members - 1).click();
const text = (page, hook) => page.getByTestId(hook).textContent();

pageTest('for 1 to 9 members it says the quorum and the failures tolerated', {}, async (page) => {
  await open(page);
  for (let members = 1; members <= 9; members++) {
    await choose(page, members);
    const quorum = Math.floor(members / 2) + 1;
    assert.equal(Number(await text(page, 'planner-quorum')), quorum);
    assert.equal(Number(await text(page, 'planner-tolerated')), members - quorum);
    const why = await text(page, 'planner-why');
    if (members % 2 === 0) assert.match(why, /even number buys nothing/);
    const shapes = await page.locator('[data-shape]').evaluateAll((all) =>
      all.map((one) => ({ sides: one.dataset.shape.split('-').map(Number), stands: one.dataset.stands })));
    const pairs = shapes.filter((shape) => shape.sides.length === 2);
    assert.equal(pairs.length, Math.floor(members / 2));
    for (const { sides, stands } of shapes) {
      assert.equal(sides.reduce((sum, side) => sum + side), members);
      assert.equal(stands, String(Math.max(...sides) >= quorum));
    }
  }
});

for (const [members, shape, stands] of [[5, '3-2', true], [6, '3-3', false], [7, '3-2-2', false]]) {
  pageTest(`what ${shape} leaves standing can be tried`, {}, async (page) => {
    await setSpeed(page, speeds.fastest);
    await open(page);
    await choose(page, members);
    await page.locator(`[data-shape="${shape}"]`).getByRole('button').click();
    await page.getByTestId('wall').first().waitFor();
    assert.equal(await page.locator('.member').count(), members);
    assert.equal(await page.getByTestId('planner').count(), 1, 'the planner stays');
    if (stands) {
      await until(page, () => Number(document.querySelector('[data-vital=term]').textContent) > 1);
      await untilLeader(page);
    } else {
      await until(page, () => !document.querySelector('[data-vital=leader]').textContent.startsWith('infra'));
    }
    assert.match(await vital(page, 'quorum'), new RegExp(`of ${members}`));
  });
}

pageTest('a cluster of the chosen size is started', {}, async (page) => {
  await open(page);
  await choose(page, 9);
  await page.getByRole('button', { name: 'Start 9 members' }).click();
  await page.locator('.member').nth(8).waitFor();
  assert.match(await vital(page, 'leader'), /infra\d/);
});

pageTest('availability follows the chance of a failure, as a plot and as a table', {}, async (page) => {
  await pause(page);
  await open(page);
  const of = (members) => page.locator(`[data-available="${members}"]`).textContent();
  assert.deepEqual([await of(1), await of(2), await of(3)], ['99 %', '98.01 %', '99.97 %']);
  const tall = () => page.locator('.plot .bar').evaluateAll((all) => all.map((one) => Number(one.getAttribute('height'))));
  const bars = await tall();
  assert.ok(bars[1] < bars[0] && bars[2] > bars[0] && bars[3] < bars[2], 'an even number is worse than the odd one before');
  await page.locator('#planner-chance').focus();
  await page.keyboard.press('End');
  assert.equal(await of(3), '50 %');
  assert.equal(await page.locator('#planner-chance').getAttribute('aria-valuetext'), '50 percent of the time');
  assert.match(await page.getByRole('img', { name: /Availability of 1 to 9 members/ }).getAttribute('aria-label'), /50 %/);
  await page.keyboard.press('Home');
  assert.equal(await of(9), '17 nines');
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [800, 500]]) {
  pageTest(`nothing of the planner is cut off at ${width}x${height}`, { width, height }, async (page) => {
    await pause(page);
    await open(page);
    for (const members of [1, 6, 9]) {
      await choose(page, members);
      const body = page.locator('.planner');
      assert.ok(await body.evaluate((one) => one.scrollWidth <= one.clientWidth), 'no scrolling sideways');
      const last = page.locator('.planner p').last();
      await last.scrollIntoViewIfNeeded();
      assert.ok(await last.isVisible());
    }
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} px too wide`);
  });
}

pageTest('the planner is used with the keyboard alone', {}, async (page) => {
  await page.locator('body').press('q');
  await until(page, (id) => document.activeElement.id === id, 'left-planner');
  while (!(await page.evaluate(() => document.activeElement.closest('.segments')))) await page.keyboard.press('Tab');
  for (let i = 1; i < 4; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.equal(await text(page, 'planner-quorum'), '3');
  await play(page);
  await page.locator('[data-shape="2-2"] button').press('Enter');
  await page.getByTestId('wall').first().waitFor();
});
