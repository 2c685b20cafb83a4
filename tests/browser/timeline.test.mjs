// Time: the timeline, its gestures and keys, steps of every kind, undo, branches.

import assert from 'node:assert/strict';

import { clock, member, newCluster, pause, play, roles, setSpeed, speeds, steps, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844, hasTouch: true, isMobile: true },
  { width: 800, height: 500 },
];

/** Lets the run go on, fast, until this moment, and pauses it. */
async function runUntil(page, seconds) {
  await setSpeed(page, speeds.fastest);
  await play(page);
  await page.waitForFunction(
    (until) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) >= until, seconds, { timeout: 40_000 });
  await pause(page);
}

async function area(page) {
  return page.locator('.tl-area').boundingBox();
}

/** Clicks the timeline at a share of its width. */
async function clickAt(page, share) {
  const box = await area(page);
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
}

async function told(page) {
  return page.getByTestId('time-told').textContent();
}

/** Where the playhead is on the picture, in pixels. */
async function playhead(page) {
  const [box, mark] = [await area(page), await page.locator('.tl-playhead').boundingBox()];
  return mark.x - box.x;
}

/** The playhead's place and the clock, both in seconds, at one moment. */
async function whereAndWhen(page) {
  return page.evaluate(async () => {
    await new Promise((next) => requestAnimationFrame(next));
    const labels = [...document.querySelectorAll('.tl-axis span')].map((one) => [Number.parseFloat(one.style.left), Number.parseFloat(one.textContent)]);
    const [[x1, s1], [x2, s2]] = [labels[0], labels.at(-1)];
    const x = new DOMMatrix(getComputedStyle(document.querySelector('.tl-playhead')).transform).e;
    return [s1 + ((x - x1) * (s2 - s1)) / (x2 - x1), Number.parseFloat(document.querySelector('[data-testid=clock]').textContent)];
  });
}

pageTest('the browser moves the playhead to where the clock is, whatever the speed does', {}, async (page) => {
  const agree = async (speed) => {
    let apart = [];
    // A frame of the program may be late, but not each of them.
    for (let i = 0; i < 20; i++) {
      await page.waitForTimeout(50);
      const [place, time] = await whereAndWhen(page);
      apart.push(Math.abs(place - time));
    }
    apart = apart.sort((a, b) => a - b);
    assert.ok(apart[5] < 0.5 * speed, `at ${speed}: apart by ${apart[5]} s`);
  };
  await agree(1 / 20);
  await setSpeed(page, speeds.real);
  await agree(1);
  await setSpeed(page, speeds.start);
  await agree(1 / 20);
  await pause(page);
  const [place, time] = await whereAndWhen(page);
  assert.ok(Math.abs(place - time) < 0.01, `${place} and ${time}`);
  await play(page);
  await agree(1 / 20);
});

for (const size of sizes) {
  for (const theme of ['light', 'dark']) {
    pageTest(`the timeline is there at ${size.width}×${size.height}, ${theme}: drag to seek`, { ...size, theme }, async (page) => {
      await runUntil(page, 2);
      const end = await clock(page);
      const box = await area(page);
      assert.ok(box.width > 200, `${box.width} pixels wide`);
      assert.ok(box.y + box.height <= size.height, 'it is in the window');
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.5, y);
      await page.mouse.down();
      const first = await clock(page);
      await page.mouse.move(box.x + box.width * 0.2, y, { steps: 8 });
      const second = await clock(page);
      await page.mouse.up();
      assert.ok(second < first && first < end, `${second} < ${first} < ${end}`);
      assert.ok(Math.abs((await playhead(page)) - box.width * 0.2) < 8);
      await page.mouse.move(box.x, 10);
      assert.equal(await clock(page), second, 'a pointer that is up seeks no more');
    });
  }
}

pageTest('a finger drags the timeline', { width: 390, height: 844, hasTouch: true, isMobile: true }, async (page) => {
  await runUntil(page, 2);
  const box = await area(page);
  const touch = await page.context().newCDPSession(page);
  const at = (share) => [{ x: box.x + box.width * share, y: box.y + box.height / 2 }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0.6) });
  const first = await clock(page);
  for (const share of [0.5, 0.4, 0.3]) {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(share) });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.waitForFunction(
    (from) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) < from, first);
});

pageTest('two fingers zoom', { width: 390, height: 844, hasTouch: true, isMobile: true }, async (page) => {
  await runUntil(page, 2);
  const box = await area(page);
  const touch = await page.context().newCDPSession(page);
  const at = (...shares) => shares.map((share, id) => ({ x: box.x + box.width * share, y: box.y + box.height / 2, id }));
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0.45) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0.45, 0.55) });
  const before = await page.locator('.tl-elected').getAttribute('d');
  const time = await clock(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(0.2, 0.8) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.waitForFunction(
    (old) => document.querySelector('.tl-elected')?.getAttribute('d') !== old, before);
  assert.equal(await clock(page), time, 'zooming does not seek');
});

pageTest('the wheel zooms around the pointer, and the page stays where it is', {}, async (page) => {
  await runUntil(page, 3);
  const labels = () => page.locator('.tl-axis span').allTextContents();
  const before = await labels();
  const box = await area(page);
  await page.mouse.move(box.x + 300, box.y + 20);
  for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -100);
  await page.waitForFunction((old) => document.querySelector('.tl-axis').textContent !== old, before.join(''));
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.getByRole('button', { name: 'Show the whole run' }).click();
  assert.deepEqual(await labels(), before);
});

pageTest('what lies under the pointer is named, and a click goes there', {}, async (page) => {
  await untilLeader(page);
  await pause(page);
  const [box, tick] = [await area(page), await page.locator('.tl-elected').boundingBox()];
  await page.mouse.move(tick.x + 2, box.y + 10);
  await page.getByTestId('time-tip').waitFor();
  assert.match(await page.getByTestId('time-tip').textContent(), /infra\d is elected leader of term \d/);
  await page.mouse.click(tick.x + 2, box.y + 10);
  assert.match(await page.getByRole('slider', { name: 'Playhead' }).getAttribute('aria-valuetext'), /elected leader/);
  await page.mouse.move(10, 10);
  assert.equal(await page.getByTestId('time-tip').count(), 0);
});

pageTest('the playhead is a slider for screen readers and keys', {}, async (page) => {
  await runUntil(page, 2);
  const slider = page.getByRole('slider', { name: 'Playhead' });
  await slider.focus();
  const [now, end] = [await slider.getAttribute('aria-valuenow'), await slider.getAttribute('aria-valuemax')];
  assert.equal(now, end);
  await page.keyboard.press('PageUp');
  assert.ok(Number(await slider.getAttribute('aria-valuenow')) < Number(now));
  await page.keyboard.press('Home');
  assert.equal(await slider.getAttribute('aria-valuenow'), '0');
  assert.equal(await steps(page), 0);
  await page.keyboard.press('End');
  assert.equal(await slider.getAttribute('aria-valuenow'), end);
  await page.getByText('live', { exact: true }).waitFor();
});

pageTest('steps by commit, message and election go both ways, by keys and by buttons', {}, async (page) => {
  await runUntil(page, 2);
  await page.keyboard.press('Home');
  await page.keyboard.press('e');
  const elected = await steps(page);
  assert.match(await page.getByRole('slider', { name: 'Playhead' }).getAttribute('aria-valuetext'), /elected/);
  await page.keyboard.press('Shift+ArrowRight');
  const committed = await steps(page);
  assert.ok(committed > elected);
  await page.keyboard.press('d');
  const message = await steps(page);
  assert.ok(message > committed);
  await page.keyboard.press('D');
  assert.ok((await steps(page)) < message);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('E');
  await page.getByLabel('Step by').selectOption('election');
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Go to the next one' }).click();
  assert.equal(await steps(page), elected);
  await page.getByRole('button', { name: 'Go back to the one before' }).click();
  assert.equal(await told(page), 'There is none.');
  await page.locator('.stage .ground').focus().catch(() => {});
  await page.getByLabel('Step by').selectOption('violation');
  await page.getByRole('button', { name: 'Go back to the one before' }).click();
  assert.equal(await told(page), 'There is none.');
});

pageTest('undo takes back an action, redo does it again', {}, async (page) => {
  await untilLeader(page);
  await pause(page);
  await member(page, 2).click();
  await page.keyboard.press('c');
  assert.equal((await roles(page))[1], 'crashed');
  await page.getByRole('button', { name: 'Undo the last action' }).click();
  assert.notEqual((await roles(page))[1], 'crashed');
  assert.match(await told(page), /infra2 crashed/);
  await page.keyboard.press('Control+y');
  assert.equal((await roles(page))[1], 'crashed');
  await page.keyboard.press('Control+z');
  assert.notEqual((await roles(page))[1], 'crashed');
  await page.keyboard.press('Control+z');
  assert.match(await told(page), /no action/);
});

pageTest('going on after an undo is another future, and the old one is kept', {}, async (page) => {
  await untilLeader(page);
  await pause(page);
  await member(page, 2).click();
  await page.keyboard.press('c');
  await page.keyboard.press('Control+z');
  await runUntil(page, (await clock(page)) + 0.5);
  assert.notEqual((await roles(page))[1], 'crashed');
  assert.equal(await page.locator('.tl-branch').count(), 2);
});

pageTest('acting in the past opens a branch: switch, rename, compare, delete', {}, async (page) => {
  await runUntil(page, 3);
  const end = await clock(page);
  await clickAt(page, 0.5);
  await page.getByRole('button', { name: 'in the past' }).waitFor();
  await page.keyboard.press('1');
  await page.keyboard.press('c');
  assert.match(await told(page), /A new branch: branch 2/);
  const branches = page.locator('.tl-branch');
  assert.equal(await branches.count(), 2);
  await branches.first().click();
  assert.notEqual((await roles(page))[0], 'crashed');
  await page.keyboard.press('End');
  assert.equal(await clock(page), end);
  await branches.last().click();
  assert.equal((await roles(page))[0], 'crashed');

  await page.getByRole('button', { name: 'On branch 2: all branches' }).click();
  const panel = page.getByRole('region', { name: 'Branches' });
  await panel.getByLabel('Name of branch 2').fill('without infra1');
  await panel.getByLabel('Name of branch 2').press('Enter');
  await panel.getByLabel('Name of without infra1').waitFor();
  await panel.getByRole('button', { name: 'Compare' }).click();
  const compared = await page.getByTestId('compared').textContent();
  assert.match(compared, /without infra1: infra1 crashed/);
  assert.match(compared, /infra1, process: crashed in without infra1, running in main/);
  await panel.getByRole('button', { name: 'Delete …' }).click();
  await panel.getByRole('button', { name: 'Keep' }).click();
  assert.equal(await panel.locator('[data-branch]').count(), 2);
  await panel.getByRole('button', { name: 'Delete …' }).click();
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  assert.equal(await panel.locator('[data-branch]').count(), 0);
  assert.equal(await branches.count(), 0);
  await page.keyboard.press('Escape');
  assert.equal(await panel.count(), 0);
});

pageTest('crashes, cuts and restarts are drawn, and a long run keeps the picture small', {}, async (page) => {
  await newCluster(page, 9, 3);
  await runUntil(page, 1);
  await page.keyboard.press('4');
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('c');
    await runUntil(page, (await clock(page)) + 0.3);
  }
  assert.ok(await page.locator('.tl-crash').count());
  assert.ok(await page.locator('.tl-restart').count());
  await page.getByRole('button', { name: 'Cut', exact: true }).click();
  await page.getByRole('button', { name: /^Cut \d/ }).click();
  await runUntil(page, (await clock(page)) + 0.5);
  assert.ok(await page.locator('.tl-cut').count());
  const elements = await page.locator('.timeline *').count();
  assert.ok(elements < 120, `${elements} elements`);
});
