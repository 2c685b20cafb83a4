// The bars and corners of the page: one row, nothing on top of anything else, whatever the window and the language.

import assert from 'node:assert/strict';

import { cut, member, pause, setSpeed, speeds, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const sizes = [[1440, 900], [1280, 720], [1024, 768], [390, 844], [360, 740], [800, 500]].map(([width, height]) => ({ width, height }));

/** The boxes of what is in sight. */
const boxes = (page, selector) => page.locator(selector).evaluateAll((all) => all.map((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return { name: one.textContent.trim() || one.id, left, right, top, bottom };
}).filter((box) => box.right > box.left));

const overlap = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;

for (const size of sizes) {
  for (const locale of ['en-US', 'pt-BR']) {
    const touch = size.width < 600 ? { hasTouch: true, isMobile: true } : {};
    pageTest(`bars and corners are in order in ${locale}, ${size.width}×${size.height}`, { ...size, ...touch, locale }, async (page) => {
      await setSpeed(page, speeds.fastest);
      await untilLeader(page);
      await page.keyboard.press('Space');
      const buttons = await boxes(page, '.topbar > .btn, .topbar > .anchor > .btn');
      const rows = new Set(buttons.map((box) => Math.round((box.top + box.bottom) / 2)));
      assert.equal(rows.size, 1, `one row: ${JSON.stringify(buttons)}`);
      // The numbers of the vitals stand in a line, and so do their names.
      const numbers = await boxes(page, '.vital > b[data-vital]:not([data-vital=safe])');
      assert.ok(Math.max(...numbers.map((box) => box.bottom)) - Math.min(...numbers.map((box) => box.bottom)) < 2, JSON.stringify(numbers));
      // A cut brings a third button.
      await page.keyboard.press('x');
      await page.locator('.cut-panel .btn.primary').click();
      await page.keyboard.press('Escape');
      const controls = [...await boxes(page, '.stagebar .btn'), ...await boxes(page, '.stagewrap > .switch .btn')];
      assert.equal(controls.length, 5);
      const members = await boxes(page, '.member .disc');
      const cards = await boxes(page, '.client');
      for (const [i, one] of controls.entries()) {
        assert.ok(one.left >= 0 && one.right <= size.width, `${one.name} is in sight`);
        for (const other of [...controls.slice(i + 1), ...members, ...cards]) {
          assert.ok(!overlap(one, other), `${one.name} lies over ${other.name}: ${JSON.stringify([one, other])}`);
        }
      }
    });
  }
}

pageTest('at 1024 all five logs are in sight', { width: 1024, height: 768 }, async (page) => {
  await setSpeed(page, speeds.fastest);
  await untilLeader(page);
  await pause(page);
  const edge = await page.locator('.logs .scroller').evaluate((one) => one.getBoundingClientRect().bottom);
  const rows = await boxes(page, '.logrow[data-member] .cell');
  assert.ok(rows.length > 0 && rows.every((row) => row.bottom <= edge + 1), `${edge}: ${JSON.stringify(rows.at(-1))}`);
});

pageTest('the words at a wall lie over no member, no card and no control', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  const leader = await untilLeader(page);
  await pause(page);
  for (const side of [[1], [2, 3], [1, 2], [4, 5], [leader]]) {
    await cut(page, side);
    await member(page, side[0]).click();
    const [words] = await boxes(page, '.wall-text');
    const others = [...await boxes(page, '.member .disc'), ...await boxes(page, '.stagebar .btn'), ...await boxes(page, '.switch .btn')];
    for (const other of others) assert.ok(!overlap(words, other), `${side}: the words lie over ${other.name}`);
    await page.getByRole('button', { name: 'Heal', exact: true }).first().click();
    await page.keyboard.press('Escape');
  }
});

for (const size of [[1440, 900], [1024, 768], [390, 844]].map(([width, height]) => ({ width, height }))) {
  pageTest(`what opens in the bars lies over all that is between them, ${size.width}×${size.height}`, size, async (page) => {
    await setSpeed(page, speeds.fastest);
    await untilLeader(page);
    await pause(page);
    // Panels beside the stage that may cover it, when the window is small.
    if (size.width < 1200) await page.locator('.sheets .drawer-button').click();
    const covered = (selector) => page.locator(selector).evaluate((panel) => {
      const { left, right, top, bottom } = panel.getBoundingClientRect();
      const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [left + (right - left) * x, top + (bottom - top) * y]));
      const inSight = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
      return inSight.filter(([x, y]) => !panel.contains(document.elementFromPoint(x, y))).map(String);
    });
    await page.locator('#new-cluster').click();
    assert.deepEqual(await covered('.anchor > .panel'), [], 'nothing lies over the panel of the top bar');
    await page.keyboard.press('Escape');
    await page.locator('#branches').click();
    assert.deepEqual(await covered('.branches'), [], 'nor over the panel of the branches');
  });
}
