// The options of a cluster: presets, single options, live warnings, modified rules.

import assert from 'node:assert/strict';

import { newCluster, pause, setSpeed, speeds, steps, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const openPanel = (page) => page.getByRole('button', { name: 'New cluster' }).click();
const start = (page) => page.getByRole('button', { name: 'Start', exact: true }).click();
const group = (page, title) => page.locator('.settings summary', { hasText: title }).click();
const warnings = (page) => page.getByTestId('warnings').locator('li').allTextContents();

for (const [place, name] of ['Lab network', 'One data centre', 'Three continents'].entries()) {
  pageTest(`the preset ${name} elects a leader, without a warning`, {}, async (page) => {
    await setSpeed(page, speeds.fastest);
    await openPanel(page);
    await page.getByRole('button', { name }).click();
    assert.deepEqual(await warnings(page), []);
    await start(page);
    await untilLeader(page);
    await openPanel(page);
    assert.equal(await page.locator('.segments [aria-pressed=true]').textContent(), name, `the panel knows preset ${place}`);
  });
}

pageTest('what to expect is said while it is typed, and a group goes back', {}, async (page) => {
  await pause(page);
  await openPanel(page);
  await group(page, 'Network between members');
  const latency = page.locator('#set-0');
  await latency.fill('147');
  assert.match((await warnings(page)).join(), /Messages can outlive the election timer: expect re-elections/);
  await latency.fill('soon');
  assert.match(await page.locator('#set-0-error').textContent(), /“soon” is no number/);
  assert.equal(await latency.getAttribute('aria-invalid'), 'true');
  const before = await steps(page);
  await start(page);
  await until(page, (id) => document.activeElement.id === id, 'set-0');
  assert.equal(await steps(page), before);
  await page.getByRole('button', { name: 'Back to the preset' }).click();
  assert.equal(await latency.inputValue(), '9');
  assert.deepEqual(await warnings(page), []);
});

pageTest('options that do not fit together are refused with what to change', {}, async (page) => {
  await openPanel(page);
  await group(page, 'Elections');
  await page.getByLabel('heartbeat every, ms').fill('500');
  await start(page);
  assert.match(await page.locator('#start-error').textContent(), /heartbeat interval \(500 ticks\) must be shorter/);
});

pageTest('a run with a modified rule says so everywhere, for good', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await openPanel(page);
  await group(page, 'Rules of Raft');
  await page.locator('[data-rule=commit-own-term]').click();
  assert.match((await warnings(page)).join(), /Modified rule commit-own-term/);
  await start(page);
  await untilLeader(page);
  assert.equal(await page.locator('[data-vital=modified]').textContent(), '1');
  for (const view of ['Sequence', 'Ring']) {
    await page.getByRole('button', { name: view, exact: true }).click();
    assert.match(await page.getByTestId('modified').textContent(), /modified rules: commit-own-term/, view);
  }
  await newCluster(page, 3);
  assert.equal(await page.locator('[data-vital=modified]').count(), 1, 'another seed does not hide it');
  await openPanel(page);
  await group(page, 'Rules of Raft');
  await page.getByRole('button', { name: 'All rules on' }).click();
  await start(page);
  assert.equal(await page.locator('[data-vital=modified]').count(), 0);
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [800, 500]]) {
  pageTest(`every option can be reached at ${width}x${height}`, { width, height }, async (page) => {
    await pause(page);
    await openPanel(page);
    const titles = await page.locator('.settings summary').count();
    for (let i = 0; i < titles; i++) await page.locator('.settings summary').nth(i).press('Enter');
    await page.locator('#set-26').fill('100');
    await page.getByRole('button', { name: 'Cancel' }).click();
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} px too wide`);
  });
}

for (const members of [1, 9, 25]) {
  pageTest(`${members} members elect a leader and are legible`, {}, async (page) => {
    await setSpeed(page, speeds.fastest);
    await newCluster(page, members);
    await untilLeader(page);
    await pause(page);
    const boxes = await page.locator('.member .disc').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    assert.equal(boxes.length, members);
    for (const [i, a] of boxes.entries()) {
      assert.ok(a.width >= 18, `${a.width} px`);
      for (const b of boxes.slice(i + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert.ok(apart, 'no circle covers another');
      }
    }
  });
}
