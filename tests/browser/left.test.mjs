// The panel at the left: where it is open at first, and that what a person chose is remembered.

import assert from 'node:assert/strict';

import { embed } from '../../scripts/browser.mjs';
import { member, pause, until } from './quorum.mjs';
import { pageTest } from './support.mjs';

const panel = (page) => page.locator('#left');
const reload = async (page) => {
  await page.reload();
  await page.locator('.member').first().waitFor();
};

for (const [width, height, isOpen] of [[1440, 900, true], [1400, 720, true], [1399, 720, false], [1280, 720, false], [1024, 768, false], [390, 844, false],
  [800, 500, false], [1440, 600, false]]) {
  pageTest(`at first it is ${isOpen ? 'open' : 'closed'} at ${width}x${height}`, { width, height }, async (page) => {
    await pause(page);
    assert.equal(await panel(page).count(), Number(isOpen));
    const stage = await page.locator('.stage').boundingBox();
    assert.ok(stage.width >= Math.min(width, 600), `the stage is ${stage.width} px wide`);
    if (!isOpen) return;
    assert.equal(await page.locator('.scenario').count(), 18);
    // Beside the stage, not over it.
    const left = await panel(page).boundingBox();
    assert.ok(left.x === 0 && left.x + left.width <= stage.x + 1);
    assert.equal(await page.evaluate(() => document.activeElement.closest('#left')), null, 'it takes no focus');
  });
}

pageTest('whoever closes it finds it closed the next time, and open after having opened it', {}, async (page) => {
  await pause(page);
  await panel(page).getByRole('button', { name: 'Close' }).click();
  assert.equal(await panel(page).count(), 0);
  await reload(page);
  assert.equal(await panel(page).count(), 0);
  await page.locator('#open-left').click();
  await reload(page);
  assert.equal(await panel(page).count(), 1);
});

pageTest('closing the drawer of a narrow window says nothing about wide ones', { width: 1024, height: 768 }, async (page) => {
  await pause(page);
  await page.locator('#open-left').click();
  await page.locator('#open-left').click();
  assert.equal(await panel(page).count(), 0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await reload(page);
  assert.equal(await panel(page).count(), 1);
});

pageTest('Escape closes it from within; elsewhere something else is meant', {}, async (page) => {
  await pause(page);
  await member(page, 2).click();
  for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
  assert.equal(await panel(page).count(), 1);
  await page.locator('.scenario').first().focus();
  await page.keyboard.press('Escape');
  assert.equal(await panel(page).count(), 0);
  await until(page, (id) => document.activeElement.id === id, 'open-left');
});

pageTest('in a frame of another page it is closed at first, however wide that is', {}, async (page) => {
  const frame = await embed(page, page.url());
  await page.locator('iframe').evaluate((one) => {
    one.width = 1400;
    one.height = 800;
    one.scrollIntoView();
  });
  await frame.locator('.member').first().waitFor();
  await page.locator('iframe').evaluate((one) => one.contentWindow.location.reload());
  await frame.locator('.inspector').waitFor();
  await until(page, () => document.querySelector('iframe').contentDocument.querySelector('.member'));
  assert.equal(await frame.locator('#left').count(), 0);
  await frame.locator('footer').getByRole('button', { name: 'Pause' }).click();
});
