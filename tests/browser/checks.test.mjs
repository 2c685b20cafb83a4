// The Checks tab: every property with how often it was looked at, its verdict, and the evidence against it.

import assert from 'node:assert/strict';

import { clock, pause, play, setSpeed, speeds, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';
import { excess, openTab, sizes, staleRead, themes } from './tabs.mjs';

const property = (page, name) => page.locator(`[data-property="${name}"]`);
const verdict = (page, name) => property(page, name).getAttribute('data-verdict');
const checked = async (page, name) =>
  Number((await property(page, name).locator('summary .mono').textContent()).replace(/\D/g, ''));

pageTest('every property is listed with a count that grows, and its sentence opens', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await untilLeader(page);
  await page.locator('[data-vital=safe]').click();
  assert.match(await page.locator('[data-vital=safe]').textContent(), /safe/);
  await page.locator('[data-property]').nth(12).waitFor();
  assert.equal(await verdict(page, 'Election Safety'), 'ok');
  assert.equal(await verdict(page, 'Linearizability'), 'faint', 'nobody has asked for anything');
  const before = await checked(page, 'Nothing Goes Back');
  await until(page, (least) => {
    const text = document.querySelector('[data-property="Nothing Goes Back"] summary .mono').textContent;
    return Number(text.replace(/\D/g, '')) > least;
  }, before);
  await property(page, 'Election Safety').locator('summary').click();
  await page.getByText('At most one leader is elected in a term.').waitFor();
  await pause(page);
  await play(page);
});

pageTest('a violation has its evidence, and each half leads to its moment', {}, async (page) => {
  await staleRead(page);
  await pause(page);
  assert.match(await page.locator('[data-vital=safe]').textContent(), /violated/);
  await openTab(page, 'checks');
  const row = property(page, 'Linearizability');
  assert.equal(await verdict(page, 'Linearizability'), 'error');
  assert.match(await row.locator('summary').textContent(), /not linearizable/);
  const moments = row.getByTestId('evidence').first().locator('.moment');
  assert.equal(await moments.count(), 2);
  const live = await clock(page);
  await moments.first().click();
  assert.ok(await clock(page) < live);
  assert.match(await row.locator('summary').textContent(), /holds so far, is violated at/);
  assert.equal(await moments.count(), 2, 'both moments stay within reach');
  await moments.last().click();
  assert.match(await row.locator('summary').textContent(), /not linearizable/);
  await row.getByText('The shortest contradiction').first().waitFor();
  await page.getByText('Rules that are switched off').waitFor();
  assert.match(await page.locator('.rule-off').textContent(), /A deposed leader that has not noticed it yet/);
});

for (const [width, height] of sizes) {
  for (const theme of themes) {
    pageTest(`the checks fit at ${width}x${height}, ${theme}`, { width, height, theme }, async (page) => {
      await setSpeed(page, speeds.fastest);
      await untilLeader(page);
      await pause(page);
      await openTab(page, 'checks');
      assert.ok(await excess(page, '.inspector') <= 0);
    });
  }
}
