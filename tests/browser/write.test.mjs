// Writes, reads and deletes through any member; the life of an entry.

import assert from 'node:assert/strict';

import { underWrites } from '../../scripts/browser.mjs';
import { act, answers, log, member, newCluster, pause, play, send, setSpeed, speeds, stepUntil, until, untilAnswered, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

pageTest('name=joe is written through a follower, read from every member, and deleted', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  const follower = leader === 1 ? 2 : 1;
  await send(page, 'put', 'name', 'joe', follower);
  assert.deepEqual(await untilAnswered(page), { member: follower, outcome: 'done', text: 'OK' });
  for (const member of [1, 2, 3]) {
    await send(page, 'get', 'name', undefined, member);
    assert.deepEqual(await untilAnswered(page), { member, outcome: 'done', text: 'name\njoe' });
  }
  await send(page, 'delete', 'name', undefined, 3);
  assert.deepEqual(await untilAnswered(page), { member: 3, outcome: 'done', text: '1' });
  await send(page, 'get', 'name', undefined, leader);
  assert.equal((await untilAnswered(page)).text, '');
});

pageTest('a local read is answered by the member alone', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  await untilLeader(page);
  await send(page, 'put', 'name', 'joe', 1);
  await untilAnswered(page);
  await until(page, () => document.querySelectorAll('.cell[data-index="2"][data-state=committed]').length === 3);
  await send(page, 'get', 'name', undefined, 2, { local: true });
  assert.equal((await untilAnswered(page)).text, 'name\njoe');
});

pageTest('an entry is stored on members one by one, commits with the majority, and the client is told last', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 5);
  const leader = await untilLeader(page);
  await until(page, () => document.querySelectorAll('.cell[data-index="1"][data-state=committed]').length === 5);
  await pause(page);
  await send(page, 'put', 'name', 'joe', leader);

  const cells = () => page.locator('.logrow .cell[data-index="2"]').evaluateAll((all) => all.map((cell) => cell.dataset.state));
  const seen = { stored: new Set(), committed: new Set() };
  await stepUntil(page, async () => {
    const states = await cells();
    const committed = states.filter((state) => state === 'committed').length;
    const stored = states.filter((state) => state === 'stored').length + committed;
    seen.stored.add(stored);
    if (committed > 0) assert.ok(stored >= 3, 'committed before a majority had stored it');
    seen.committed.add(committed);
    if ((await answers(page)).at(-1).outcome === 'done') assert.ok(committed > 0, 'answered before the commit');
    return committed === 5;
  });
  assert.ok(seen.stored.has(1) || seen.stored.has(2), `it was stored on a few members first: ${[...seen.stored]}`);
  assert.ok(seen.committed.has(1), 'the leader knew of the commit first');
  assert.equal((await answers(page)).at(-1).outcome, 'done');
  assert.deepEqual(await page.getByTestId('keys').locator('[data-key=name] td').first().textContent(), 'joe');
});

pageTest('pending operations of several clients wait side by side', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 5);
  const leader = await untilLeader(page);
  await pause(page);
  const others = [1, 2, 3, 4, 5].filter((id) => id !== leader);
  await send(page, 'put', 'a', '1', others[0]);
  await send(page, 'put', 'b', '2', others[1]);
  await send(page, 'put', 'c', '3', others[1]);
  assert.equal(await page.locator('[data-client]').count(), 3);
  assert.deepEqual((await answers(page)).map((answer) => answer.outcome), ['pending', 'pending', 'pending']);
  await play(page);
  await until(page, () => document.querySelectorAll('[data-outcome=done]').length === 3);
  const entries = (await log(page, leader)).map((cell) => cell.label);
  for (const entry of ['a=1', 'b=2', 'c=3']) assert.ok(entries.includes(entry), `${entry} in ${entries}`);
});

pageTest('a write through a crashed member waits, says until when, and goes through when the member is back', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await pause(page);
  const other = leader === 1 ? 2 : 1;
  await member(page, other).click();
  await act(page, 'Crash');
  await send(page, 'put', 'name', 'joe', other);
  await page.getByTestId('answer').getByRole('button', { name: 'Why?' }).click();
  await stepUntil(page, async () => /asks infra\d again at/.test(await page.locator('.inspector').textContent()));
  assert.equal((await answers(page))[0].outcome, 'pending');
  await member(page, other).click();
  await act(page, 'Restart');
  await play(page);
  await until(page, () => document.querySelectorAll('[data-outcome=done]').length === 1);
});

pageTest('under a load the latest answers are there while the run plays, all of them once it stands; the logs follow their end', {}, async (page) => {
  await underWrites(page, speeds.real);
  const reaches = (revision) => until(page, (least) => Number(document.querySelector('[data-vital=revision]')?.textContent) > least, revision);
  await reaches(60);
  const most = (await answers(page)).length;
  assert.ok(most >= 8 && most <= 20, `${most} answers while it plays`);
  await pause(page);
  assert.equal((await answers(page)).length, 60);
  const left = () => page.locator('.scroller').evaluate((one) => [one.scrollLeft, one.scrollWidth - one.clientWidth - one.scrollLeft]);
  const [before, rest] = await left();
  assert.ok(before > 1000 && rest < 59, `${rest} px from the end`);
  // Whoever looks at an older entry is left there.
  await page.locator('.scroller').evaluate((one) => { one.scrollLeft = 300; });
  await play(page);
  await reaches(200);
  assert.equal((await left())[0], 300);
  // So slow that each answer can be read, all of them stay.
  await setSpeed(page, speeds.slow);
  await until(page, () => document.querySelectorAll('.answers [data-outcome]').length === 60);
});
