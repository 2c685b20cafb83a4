// The edges that a person moves: the dock below the logs, the inspector.

import assert from 'node:assert/strict';

import { pause, until } from './quorum.mjs';
import { pageTest } from './support.mjs';

const height = (page) => page.locator('.write').evaluate((one) => one.getBoundingClientRect().height);
const width = (page) => page.locator('.inspector').evaluate((one) => one.getBoundingClientRect().width);
const dock = (page) => page.getByRole('separator', { name: 'Height of the panel below the logs' });
const side = (page) => page.getByRole('separator', { name: 'Width of the inspector' });

async function drag(page, handle, dx, dy) {
  const area = await handle.boundingBox();
  const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx / 2, y + dy / 2);
  await page.mouse.move(x + dx, y + dy);
  await page.mouse.up();
}

pageTest('the dock is made higher by dragging its edge, and stays so after a reload', {}, async (page) => {
  await pause(page);
  await page.keyboard.press('/');
  await page.locator('.screen').waitFor();
  const before = await height(page);
  await drag(page, dock(page), 0, -120);
  const after = await height(page);
  assert.ok(Math.abs(after - before - 120) < 6, `${before} to ${after}`);
  const screen = await page.locator('.screen').evaluate((one) => one.clientHeight);
  assert.ok(screen > 220, `the room is the console's: ${screen}`);
  await page.reload();
  await page.locator('.member').first().waitFor();
  assert.ok(Math.abs(await height(page) - after) < 2);
  await dock(page).dblclick();
  assert.ok(await height(page) < after - 60, 'a double click brings the usual height back');
});

pageTest('the edges move with the keyboard and say where they are', {}, async (page) => {
  await pause(page);
  const before = await height(page);
  await dock(page).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.ok(Math.abs(await height(page) - before - 32) < 4);
  assert.equal(Number(await dock(page).getAttribute('aria-valuenow')), Math.floor(await height(page)));
  const wide = await width(page);
  await side(page).focus();
  await page.keyboard.press('ArrowLeft');
  assert.ok(await width(page) > wide);
  await page.keyboard.press('Enter');
  await until(page, (usual) => Math.abs(document.querySelector('.inspector').getBoundingClientRect().width - usual) < 2, wide);
});

pageTest('however high the dock, the stage and the transport stay in sight', {}, async (page) => {
  await pause(page);
  await dock(page).focus();
  await page.keyboard.press('End');
  const stage = await page.locator('.stage').boundingBox();
  assert.ok(stage.height >= 140, String(stage.height));
  const edges = await page.locator('.write').evaluate((one) => one.getBoundingClientRect().bottom);
  const footer = await page.locator('footer.transport').evaluate((one) => one.getBoundingClientRect().top);
  assert.ok(edges <= footer + 1);
});

pageTest('the inspector is made wider, as a drawer too', { width: 1024, height: 768 }, async (page) => {
  await pause(page);
  await page.locator('.drawer-button').click();
  const before = await width(page);
  await drag(page, side(page), -100, 0);
  assert.ok(Math.abs(await width(page) - before - 100) < 6, String(await width(page)));
});
