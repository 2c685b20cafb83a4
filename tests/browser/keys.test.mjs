// The Keys tab: the store of the selected member, one key with its history, leases, where members differ.

import assert from 'node:assert/strict';

import { member, newCluster, pause, setSpeed, speeds, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';
import { console_, enter, excess, leave, openTab, sizes, themes, three } from './tabs.mjs';

const names = (page) => page.locator('#key-list [data-key]').evaluateAll((all) => all.map((one) => one.dataset.key));
const listed = (page, wanted) => until(page, (expected) =>
  [...document.querySelectorAll('#key-list [data-key]')].map((one) => one.dataset.key).join() === expected, wanted.join());
const key = (page, name) => page.locator(`#key-list [data-key="${name}"]`);
const open = (page) => page.getByTestId('key-page');

async function written(page, lines) {
  const leader = await three(page);
  await console_(page);
  for (const line of lines) await enter(page, line);
  await leave(page);
  await page.keyboard.press(String(leader));
  await openTab(page, 'keys');
  return leader;
}

pageTest('a key shows its value, formatted, its numbers and its revisions', {}, async (page) => {
  await written(page, ['etcdctl put name joe', 'etcdctl put other x', `etcdctl put name '{"first":"joe","tags":[1,2]}'`]);
  await listed(page, ['name', 'other']);
  await key(page, 'name').click();
  assert.equal(await open(page).locator('.key-value').textContent(),
    '{\n  "first": "joe",\n  "tags": [\n    1,\n    2\n  ]\n}');
  assert.deepEqual(await open(page).locator('.key-numbers dd').allTextContents(), ['2', '4', '2']);
  const rows = await page.getByTestId('key-history').locator('tbody tr').allTextContents();
  assert.deepEqual(rows.map((row) => row.slice(0, 2)), ['42', '21']);
  await open(page).getByRole('button', { name: 'Close the key' }).click();
  assert.equal(await open(page).count(), 0);
});

pageTest('deleted keys and compacted revisions are told', {}, async (page) => {
  await written(page, ['etcdctl put name a', 'etcdctl put name b', 'etcdctl put name c', 'etcdctl compact 4', 'etcdctl put gone x', 'etcdctl del gone']);
  await listed(page, ['name']);
  await key(page, 'name').click();
  await open(page).getByText('2 older ones are compacted.').waitFor();
  await page.getByText('compacted up to 4').waitFor();
  await page.getByLabel('Which keys').selectOption('Deleted too');
  await listed(page, ['gone', 'name']);
  assert.match(await key(page, 'gone').textContent(), /deleted/);
});

pageTest('a member that lags is marked, on both sides', {}, async (page) => {
  const leader = await written(page, ['etcdctl put name old']);
  const away = leader % 3 + 1;
  await page.getByText('All stores are at revision 2.').waitFor();
  await page.keyboard.press(String(away));
  await page.keyboard.press('p');
  await console_(page);
  await page.getByLabel('through').selectOption(`infra${leader}`);
  await enter(page, 'etcdctl put name new');
  await leave(page);
  await page.keyboard.press(String(leader));
  await until(page, () => document.querySelector('#key-list [data-key=name] .mark'));
  assert.match(await key(page, 'name').textContent(), new RegExp(`infra${away} has not applied this yet: old at revision 2`));
  assert.match(await page.getByTestId('stores').textContent(), new RegExp(`infra${away} 1 behind`));
  await page.keyboard.press(String(away));
  await until(page, () => document.querySelector('#key-list [data-key=name]')?.textContent.includes('has newer: new'));
  assert.match(await key(page, 'name').textContent(), /^name\s*old/);
});

pageTest('a lease shows the time that is left, and its keys', {}, async (page) => {
  const leader = await three(page);
  await console_(page);
  await enter(page, 'etcdctl lease grant 100');
  const screen = await page.locator('.screen').textContent();
  const id = screen.match(/lease ([0-9a-f]{16}) granted/)[1];
  await enter(page, `etcdctl put lock joe --lease=${id}`);
  await leave(page);
  await page.keyboard.press(String(leader));
  await openTab(page, 'keys');
  const lease = page.locator(`[data-lease="${id}"]`);
  assert.match(await lease.textContent(), /\d+ s left of 100 s\s*lock/);
});

pageTest('a long list stays short in the page, and the keyboard goes through it', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await page.keyboard.press(String(leader));
  await console_(page);
  // Sixty keys with one command: a transaction.
  const puts = Array.from({ length: 60 }, (_, i) => `put key${String(i).padStart(2, '0')} value${i}`);
  await page.locator('#console-line').fill('etcdctl txn -i');
  await page.keyboard.press('Enter');
  for (const line of ['', ...puts, '', '']) {
    await page.locator('#console-line').fill(line);
    await page.keyboard.press('Enter');
  }
  await until(page, () => document.querySelector('.screen').textContent.includes('SUCCESS'));
  await leave(page);
  await openTab(page, 'keys');
  await page.getByText('60 keys').waitFor();
  assert.ok((await names(page)).length < 60);
  const list = page.getByRole('listbox');
  await list.focus();
  await page.keyboard.press('End');
  await until(page, () => document.querySelector('#key-list [aria-selected=true]')?.dataset.key === 'key59');
  const inside = await key(page, 'key59').evaluate((row) => {
    const [edges, list] = [row.getBoundingClientRect(), row.closest('#key-list').getBoundingClientRect()];
    return edges.bottom <= list.bottom + 1 && edges.top >= list.top - 1;
  });
  assert.ok(inside, 'the list is scrolled to it');
  await page.keyboard.press('ArrowUp');
  await until(page, () => document.querySelector('#key-list [aria-selected=true]')?.dataset.key === 'key58');
  await page.getByLabel('Prefix').fill('key1');
  await page.getByText('10 keys').waitFor();
  assert.equal((await names(page))[0], 'key10');
});

pageTest('a crashed member has nothing in memory, and says so', {}, async (page) => {
  const leader = await written(page, ['etcdctl put name joe']);
  await page.keyboard.press('c');
  await page.getByText(new RegExp(`infra${leader} is down: its store was in memory`)).waitFor();
});

for (const [width, height] of sizes) {
  for (const theme of themes) {
    pageTest(`the keys fit at ${width}x${height}, ${theme}`, { width, height, theme }, async (page) => {
      await setSpeed(page, speeds.fastest);
      await untilLeader(page);
      await pause(page);
      await openTab(page, 'keys');
      assert.ok(await excess(page, '.inspector') <= 0);
      await member(page, 1).waitFor({ state: 'attached' });
    });
  }
}
