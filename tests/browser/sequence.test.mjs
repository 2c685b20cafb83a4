// The sequence view: messages over time, zoom and pan, the selection, the file.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { clock, cut, newCluster, pause, play, roles, send, setSpeed, speeds, until, untilAnswered, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const chart = (page) => page.getByTestId('sequence');
const show = (page) => page.getByRole('button', { name: 'Sequence', exact: true }).click();

/** A leader, a write, and the sequence view; paused. */
async function written(page) {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await setSpeed(page, speeds.start); // so that the write is still in sight when it is answered
  await send(page, 'put', 'name', 'joe', leader);
  await untilAnswered(page);
  await pause(page);
  await show(page);
  await page.locator('.sq-request').first().waitFor();
  return leader;
}

/** The times that the axis shows. */
const axis = async (page) => (await page.locator('.sq-time').allTextContents()).map(Number.parseFloat);

pageTest('every member and client has a lane, and what happened stands on it', {}, async (page) => {
  const leader = await written(page);
  const lanes = await page.locator('.sq-name').allTextContents();
  assert.deepEqual(lanes, ['client A', 'infra1', 'infra2', 'infra3']);
  assert.ok((await page.locator('.sq-request').count()) >= 2);
  assert.ok((await page.locator('.sq-reply').count()) >= 2);
  assert.ok((await page.locator('.sq-leader').count()) >= 1);
  assert.ok((await page.locator('.sq-commit').count()) >= 1);
  const labels = await page.locator('.sq-label').allTextContents();
  assert.ok(labels.some((label) => label.startsWith('append')), labels.join(', '));
  await chart(page).getByRole('button', { name: `infra${leader}` }).click();
  assert.equal(await page.getByTestId('member').getAttribute('data-member'), String(leader));
});

pageTest('the ring is not drawn while the sequence is, and the other way round', {}, async (page) => {
  await pause(page);
  assert.equal(await chart(page).count(), 0);
  await page.keyboard.press('s');
  await chart(page).waitFor();
  assert.equal((await roles(page)).length, 0);
  await page.keyboard.press('s');
  await page.locator('.member').first().waitFor();
  assert.equal(await chart(page).count(), 0);
});

pageTest('wheel and keys zoom and move, and End follows the present again', {}, async (page) => {
  await written(page);
  const span = async () => { const marks = await axis(page); return (marks.at(-1) - marks[0]) / Math.max(marks.length - 1, 1); };
  const before = await span();
  const plot = page.locator('.sq-plot');
  await plot.hover({ position: { x: 400, y: 100 } });
  for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -100);
  await until(page, (wide) => {
    const marks = [...document.querySelectorAll('.sq-time')].map((mark) => Number.parseFloat(mark.textContent));
    return (marks.at(-1) - marks[0]) / Math.max(marks.length - 1, 1) < wide;
  }, before);
  await plot.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('-');
  const start = (await axis(page))[0];
  const time = await clock(page);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
  assert.ok((await axis(page))[0] < start, 'earlier');
  assert.equal(await clock(page), time, 'the playhead stays');
  await page.keyboard.press('End');
  assert.ok((await axis(page)).at(-1) >= time - 0.2);
});

pageTest('dragging moves in time, and a click selects the message under it', {}, async (page) => {
  await written(page);
  const plot = page.locator('.sq-plot');
  const area = await plot.boundingBox();
  const label = page.locator('.sq-label', { hasText: /^append/ }).first();
  const at = await label.boundingBox();
  // The line runs just below its label.
  await page.mouse.move(at.x + at.width / 2, at.y + at.height + 1);
  await page.getByTestId('sequence-tip').waitFor();
  assert.match(await page.getByTestId('sequence-tip').textContent(), /infra\d to infra\d/);
  await page.mouse.down();
  await page.mouse.up();
  await page.locator('.inspector').getByText('prevLogIndex').first().waitFor();
  assert.ok((await page.locator('.sq-plot .selected').count()) >= 1);

  const first = (await axis(page))[0];
  await page.mouse.move(area.x + 300, area.y + 60);
  await page.mouse.down();
  await page.mouse.move(area.x + 700, area.y + 60, { steps: 6 });
  await page.mouse.up();
  assert.ok((await axis(page))[0] < first);
  await page.getByRole('button', { name: 'Follow the present' }).click();
});

pageTest('messages can be chosen with the keyboard', {}, async (page) => {
  await written(page);
  await page.locator('.sq-plot').focus();
  await page.keyboard.press('ArrowDown');
  const first = await page.getByTestId('sequence-chosen').textContent();
  assert.match(first, / to .*(arrived|lost|on its way)/);
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await page.getByTestId('sequence-chosen').textContent(), first);
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.getByTestId('sequence-chosen').textContent(), first);
});

pageTest('an entry that is asked about stands out in its messages', {}, async (page) => {
  const leader = await written(page);
  await page.locator(`.logrow[data-member="${leader}"] .cell[data-index="2"]`).click();
  assert.ok((await page.locator('.sq-request.selected').count()) >= 2);
});

pageTest('cuts are bands, losses crosses, crashes bars', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  const [one, other] = [1, 2, 3].filter((id) => id !== leader);
  await setSpeed(page, speeds.start);
  await cut(page, [one]);
  await page.keyboard.press(String(other));
  await page.keyboard.press('c');
  await show(page);
  await page.locator('.sq-lost').first().waitFor({ timeout: 20_000, state: 'attached' });
  await pause(page);
  assert.equal(await page.locator('.sq-cut').count(), 1);
  assert.ok((await page.locator('.sq-crashed').count()) >= 1);
  assert.equal(await page.locator('.sq-crash').count(), 1);
});

pageTest('a click on the axis goes to that moment', {}, async (page) => {
  await written(page);
  const before = await clock(page);
  const area = await page.locator('.sq-plot').boundingBox();
  await page.mouse.click(area.x + 200, area.y + 8);
  await until(page, (time) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) < time, before);
});

pageTest('the picture is saved as a file that stands alone', {}, async (page) => {
  await written(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as SVG' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^quorum-.*\.svg$/);
  const file = await readFile(await download.path(), 'utf8');
  assert.match(file, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  const parsed = await page.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, 'image/svg+xml');
    return { error: Boolean(read.querySelector('parsererror')), lines: read.querySelectorAll('path').length };
  }, file);
  assert.equal(parsed.error, false);
  assert.ok(parsed.lines > 20);
  assert.doesNotMatch(file, /class=|var\(|href=/);
});

pageTest('while it plays, little is in the page, however long the run', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await play(page);
  await show(page);
  await until(page, () => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) > 8);
  await pause(page);
  const elements = await page.locator('.sq-plot svg *').count();
  assert.ok(elements > 20 && elements < 800, String(elements));
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [800, 500]]) {
  for (const theme of ['light', 'dark']) {
    pageTest(`the sequence fits at ${width}x${height}, ${theme}`, { width, height, theme }, async (page) => {
      await setSpeed(page, speeds.fastest);
      await untilLeader(page);
      await pause(page);
      await show(page);
      await page.locator('.sq-name').first().waitFor();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(excess <= 0, `${excess} px too wide`);
      const inside = await page.locator('.sq-name').evaluateAll((names) => names.every((name) => {
        const [edges, stage] = [name.getBoundingClientRect(), name.closest('.stage').getBoundingClientRect()];
        return edges.left >= stage.left && edges.bottom <= stage.bottom + 1;
      }));
      assert.ok(inside, 'all names of lanes are in the stage');
    });
  }
}
