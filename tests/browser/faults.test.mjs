// Crashes, restarts, cuts.

import assert from 'node:assert/strict';

import { answers, cut, log, member, newCluster, pause, play, roles, send, setSpeed, speeds, until, untilAnswered, untilLeader, vital } from './quorum.mjs';
import { pageTest } from './support.mjs';

pageTest('the leader crashes, another takes over, and it returns as a follower', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await member(page, leader).click();
  await page.getByRole('button', { name: 'Crash' }).click();
  assert.equal((await roles(page))[leader - 1], 'crashed');
  await until(page, (old) => ![`infra${old}`, 'none'].includes(document.querySelector('[data-vital=leader]').textContent), leader);
  assert.ok(Number(await vital(page, 'term')) >= 2);
  assert.equal(await vital(page, 'can-lose'), '0 more');
  await page.getByRole('button', { name: 'Restart' }).click();
  await until(page, (id) => document.querySelector(`.member[data-member="${id}"]`).dataset.role === 'follower', leader);
});

pageTest('without a quorum nothing commits, and the page says so', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  await untilLeader(page);
  for (const key of ['1', 'c', '2', 'c']) await page.keyboard.press(key);
  assert.equal(await vital(page, 'can-lose'), 'no quorum');
  await send(page, 'put', 'name', 'joe', 3);
  const answer = await untilAnswered(page);
  assert.equal(answer.outcome, 'unknown');
  assert.match(answer.text, /context deadline exceeded/);
});

pageTest('5 = 3|2: the minority cannot commit, the majority can, and healing makes all logs equal', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 5);
  const leader = await untilLeader(page);
  await until(page, () => document.querySelectorAll('.cell[data-index="1"][data-state=committed]').length === 5);
  // The leader is in the minority, so that it goes on taking writes.
  const minority = [leader, leader % 5 + 1];
  const majority = [1, 2, 3, 4, 5].filter((id) => !minority.includes(id));
  // A leader that hears from no majority steps down soon: cut and write while time stands still.
  await pause(page);
  await cut(page, minority);
  assert.match(await page.getByTestId('stage').getAttribute('aria-label'), /cut between/);
  await send(page, 'put', 'name', 'john', leader);
  await play(page);
  await until(page, (id) => [...document.querySelectorAll(`.logrow[data-member="${id}"] .cell`)].some((cell) => cell.title.includes('john')), leader);
  const lost = (await log(page, leader)).at(-1);
  const told = await untilAnswered(page);
  assert.equal(told.outcome, 'unknown');
  assert.match(told.text, /deadline exceeded|timed out/);
  assert.notEqual((await log(page, leader)).find((cell) => cell.index === lost.index)?.state, 'committed');

  await until(page, (ids) => ids.some((id) => document.querySelector(`.member[data-member="${id}"]`).dataset.role === 'leader'), majority);
  await send(page, 'put', 'name', 'jane', majority[0]);
  assert.deepEqual(await untilAnswered(page), { member: majority[0], outcome: 'done', text: 'OK' });

  await page.getByRole('button', { name: 'Heal', exact: true }).click();
  await until(page, () => {
    const rows = [...document.querySelectorAll('.logrow[data-member]')];
    const logs = rows.map((row) => [...row.querySelectorAll('.cell')].map((cell) => `${cell.dataset.term}${cell.dataset.state}${cell.title}`).join());
    return logs[0] && logs.every((log) => log === logs[0]) && !logs[0].includes('missing') && !logs[0].includes('stored');
  });
  for (const id of [1, 2, 3, 4, 5]) {
    assert.ok(!(await log(page, id)).some((cell) => cell.label.includes('john')), `john is gone from infra${id}`);
  }
  await send(page, 'get', 'name', undefined, leader);
  assert.equal((await untilAnswered(page)).text, 'name\njane');
  assert.equal((await answers(page))[0].outcome, 'unknown', 'what the first client was told stays');
});

pageTest('a stroke across the ring cuts, a click on the wall heals', {}, async (page) => {
  await page.keyboard.press(' ');
  const place = async (id) => {
    const box = await member(page, id).locator('.disc').boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const [one, two, four, five] = [await place(1), await place(2), await place(4), await place(5)];
  const between = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const from = between(one, five);
  const to = between(four, between(two, four));
  await page.mouse.move(from.x, from.y - 30);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
  assert.equal(await page.locator('.stroke text').textContent(), '3 | 2');
  await page.mouse.move(to.x, to.y + 60, { steps: 5 });
  await page.mouse.up();
  assert.match(await page.getByTestId('stage').getAttribute('aria-label'), /cut between infra1, infra2, infra3 and infra4, infra5/);
  await page.getByTestId('wall').locator('text').click();
  assert.equal(await page.getByTestId('wall').count(), 0);
});

pageTest('any two groups can be cut with the panel', {}, async (page) => {
  await page.keyboard.press(' ');
  await cut(page, [1, 3]);
  assert.equal(await page.getByTestId('wall').count(), 2, 'members that are not neighbours get a wall each');
  assert.match(await member(page, 3).getAttribute('aria-label'), /side B of the cut/);
  await cut(page, [5]);
  assert.match(await page.getByTestId('stage').getAttribute('aria-label'), /cut between infra1, infra2, infra3, infra4 and infra5/);
});
