// The page as a whole: it starts, and it fits.

import assert from 'node:assert/strict';

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
