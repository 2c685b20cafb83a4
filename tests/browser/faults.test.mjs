// Crashes, restarts, cuts.

import assert from 'node:assert/strict';

import {
  act, answers, clock, cut, log, member, middle, newCluster, openFaults, pause, play, roles, send, setSpeed, speeds, stepUntil, steps, until, untilAnswered, untilLeader, vital,
} from './quorum.mjs';
import { pageTest } from './support.mjs';

pageTest('the leader crashes, another takes over, and it returns as a follower', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await member(page, leader).click();
  await act(page, 'Crash');
  assert.equal((await roles(page))[leader - 1], 'crashed');
  await until(page, (old) => ![`infra${old}`, 'none'].includes(document.querySelector('[data-vital=leader]').textContent), leader);
  assert.ok(Number(await vital(page, 'term')) >= 2);
  assert.equal(await vital(page, 'can-lose'), '0 more');
  await act(page, 'Restart');
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
  await until(page, (id) => [...document.querySelectorAll(`.logrow[data-member="${id}"] .cell`)].some((cell) => cell.ariaLabel.includes('john')), leader);
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
    const logs = rows.map((row) => [...row.querySelectorAll('.cell')].map((cell) => `${cell.dataset.term}${cell.dataset.state}${cell.ariaLabel}`).join());
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
  const [one, two, four, five] = [await middle(page, 1), await middle(page, 2), await middle(page, 4), await middle(page, 5)];
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
  await page.locator('.wall-text').click();
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

/** Presses, moves through these points and lets go, with the mouse. */
async function drag(page, from, ...points) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (const point of points) await page.mouse.move(point.x, point.y, { steps: 5 });
  await page.mouse.up();
}

const part = (a, b, share) => ({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });
const stageName = (page) => page.getByTestId('stage').getAttribute('aria-label');

pageTest('every fault of a member: for good, for a while, at a time', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await pause(page);
  const follower = leader % 3 + 1;
  await member(page, follower).click();
  await page.locator('.action-bar').getByRole('button', { name: 'Pause' }).click();
  assert.equal(await member(page, follower).getAttribute('data-paused'), 'true');
  assert.equal(await member(page, follower).locator('.hatching').count(), 1);
  const timeOut = page.locator('.inspector').getByRole('button', { name: 'Time out now' });
  assert.equal(await timeOut.getAttribute('aria-disabled'), 'true');
  assert.match(await timeOut.getAttribute('title'), /is paused/);
  await timeOut.click({ force: true });
  assert.match(await page.locator('#member-error').textContent(), /is paused; let it go on first/);
  await act(page, 'Resume');

  await act(page, 'Isolate');
  assert.match(await stageName(page), new RegExp(`infra${follower}$`));
  await act(page, 'Rejoin');
  assert.equal(await page.getByTestId('wall').count(), 0);

  await page.locator('.when').getByLabel('for', { exact: true }).fill('0.2');
  await act(page, 'Crash, 0.2 s');
  assert.equal((await roles(page))[follower - 1], 'crashed');
  assert.match(await page.locator('.faults li').textContent(), /is crashed.*until/);
  await play(page);
  await until(page, (id) => document.querySelector(`.member[data-member="${id}"]`).dataset.role !== 'crashed', follower);
  // What is beside the stage follows a moment later.
  await page.locator('.faults li').waitFor({ state: 'detached' });

  await pause(page);
  await page.locator('.when').getByLabel('for', { exact: true }).fill('');
  await page.locator('.when').getByLabel('at', { exact: true }).fill(((await clock(page)) + 0.5).toFixed(3));
  await act(page, 'Crash');
  assert.notEqual((await roles(page))[follower - 1], 'crashed');
  await play(page);
  await until(page, (id) => document.querySelector(`.member[data-member="${id}"]`).dataset.role === 'crashed', follower);
});

pageTest('clock, process and disk go wrong in sight, and go back to usual', {}, async (page) => {
  await pause(page);
  await member(page, 2).click();
  const badge = (name) => page.locator(`.member-text[data-of="2"] [data-badge=${name}]`);
  await openFaults(page);
  await page.locator('#knob-5').fill('-50');
  await act(page, 'Set its rate');
  assert.equal(await badge('clock').textContent(), '0.50×');
  await act(page, 'Stall');
  assert.equal(await badge('disk').getAttribute('data-stalled'), 'true');
  await act(page, 'Slow down');
  assert.match(await badge('process').textContent(), /20 ms/);
  assert.match(await member(page, 2).getAttribute('aria-label'), /clock 50 % too slow.*disk stands still/);
  await page.locator('#knob-5').fill('fast');
  await act(page, 'Set its rate');
  assert.match(await page.locator('#member-error').textContent(), /“fast” is no number/);
  await act(page, 'Let it go on');
  for (let i = 0; i < 2; i++) await page.locator('.inspector').getByRole('button', { name: 'as usual' }).first().click();
  assert.equal(await page.locator('.member-text[data-of="2"] .badge').count(), 0);
});

pageTest('a member with a damaged disk refuses to start, and with an empty one it starts', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  await until(page, () => document.querySelectorAll('.cell[data-index="1"][data-state=committed]').length === 3);
  await pause(page);
  await member(page, leader).click();
  await act(page, 'Damage a record');
  await act(page, 'Crash');
  await act(page, 'Restart');
  assert.equal((await roles(page))[leader - 1], 'crashed');
  assert.equal(await page.locator(`.member-text[data-of="${leader}"] .badge.refused`).count(), 1);
  assert.match(await page.locator('[data-fact=machine]').textContent(), /refuses to start/);
  await act(page, 'Replace by an empty disk');
  await act(page, 'Restart');
  assert.equal((await roles(page))[leader - 1], 'follower');
});

for (const [how, options] of [['a click', {}], ['a tap', { width: 390, height: 844, hasTouch: true, isMobile: true }]]) {
  pageTest(`${how} on a link cuts it one way, slows it and makes it lossy`, options, async (page) => {
    await page.keyboard.press(' ');
    const at = part(await middle(page, 2), await middle(page, 3), 0.65); // clear of the names
    if (options.hasTouch) await page.touchscreen.tap(at.x, at.y);
    else await page.mouse.click(at.x, at.y);
    const bar = page.locator('.action-bar');
    await bar.getByRole('button', { name: '2 → 3' }).click();
    await bar.getByRole('button', { name: 'Cut', exact: true }).click();
    const drawn = (from, to) => page.locator(`.trouble[data-link="infra${from}-infra${to}"]`);
    assert.equal(await drawn(2, 3).locator('.cross').count(), 1);
    assert.equal(await drawn(3, 2).count(), 0);
    assert.equal(await page.getByTestId('wall').count(), 0, 'one way is no wall');
    if (options.hasTouch) await bar.getByRole('button', { name: 'More…' }).click();
    await openFaults(page);
    const form = page.locator('.inspector .fault-form');
    await form.getByRole('button', { name: 'Delay' }).click();
    await form.getByRole('button', { name: 'Lose' }).click();
    assert.match(await drawn(2, 3).getAttribute('aria-label'), /infra2 → infra3: cut, loses 20 %, 100 ms to 120 ms/);
    assert.match(await page.getByTestId('link').textContent(), /works as usual/);
  });
}

pageTest('the link of a client is a link too', {}, async (page) => {
  await page.keyboard.press(' ');
  await send(page, 'put', 'name', 'joe', 2);
  await page.locator('[data-client="client A"] [role=button]').press('Enter');
  assert.match(await page.getByTestId('client').textContent(), /talks to.*infra2/);
  await act(page, 'infra2');
  assert.equal(await page.evaluate(() => document.activeElement.closest('.action-bar') !== null), true);
  await page.locator('.inspector').getByRole('button', { name: '2 → A' }).click();
  await act(page, 'Cut');
  await page.keyboard.press('Escape');
  await setSpeed(page, speeds.fastest);
  await page.keyboard.press(' ');
  const answer = await untilAnswered(page);
  assert.match(answer.text, /context deadline exceeded/);
  assert.match(await page.locator('[data-client="client A"]').textContent(), /put \? unknown/);
});

pageTest('a message is followed, held, released, doubled, dropped, delivered', {}, async (page) => {
  await page.keyboard.press(' ');
  await stepUntil(page, async () => await page.locator('[data-flight]').count() > 0);
  await page.keyboard.press('n');
  const shown = page.getByTestId('message');
  assert.match(await shown.textContent(), /PreVote RPC/);
  assert.equal(await shown.locator('[data-field=lastLogIndex]').textContent(), '0');
  const first = page.locator('.flight.selected');
  const id = await first.getAttribute('data-flight');
  await page.keyboard.press('n');
  assert.notEqual(await first.getAttribute('data-flight'), id, 'the next one');
  await page.locator(`[data-flight="${id}"] rect`).first().click();
  assert.equal(await first.getAttribute('data-flight'), id);
  const count = await page.locator('[data-flight]').count();
  const bar = page.locator('.action-bar');
  await bar.getByRole('button', { name: 'Duplicate' }).click();
  assert.equal(await page.locator('[data-flight]').count(), count + 1);
  await bar.getByRole('button', { name: 'Hold' }).click();
  assert.equal(await page.locator('.flight.held').count(), 1);
  assert.match(await page.getByTestId('message-state').textContent(), /held since/);
  await bar.getByRole('button', { name: 'Release' }).click();
  assert.equal(await page.locator('.flight.held').count(), 0);
  await bar.getByRole('button', { name: 'Deliver now' }).click();
  assert.match(await page.getByTestId('message-state').textContent(), /arrived at/);
  assert.equal(await bar.count(), 0, 'nothing is left to be done');
  await page.keyboard.press('n');
  await act(page, 'Drop');
  assert.match(await page.getByTestId('message-state').textContent(), /lost at .*dropped by hand/);
});

pageTest('a wall is dragged elsewhere; further strokes make further groups; each wall heals alone', {}, async (page) => {
  await page.keyboard.press(' ');
  await cut(page, [4, 5]);
  const [one, two, three, four] = [await middle(page, 1), await middle(page, 2), await middle(page, 3), await middle(page, 4)];
  // From between 3 and 4 to between 2 and 3.
  const line = page.locator('.wall-line');
  const near = async (point) => line.evaluate((path, at) => {
    const area = path.ownerSVGElement.getBoundingClientRect();
    let best = { far: 1e9 };
    for (let i = 0; i <= 200; i++) {
      const p = path.getPointAtLength(path.getTotalLength() * i / 200);
      const far = Math.hypot(p.x + area.left - at.x, p.y + area.top - at.y);
      if (far < best.far) best = { far, x: p.x + area.left, y: p.y + area.top };
    }
    return best;
  }, point);
  const grab = await near(part(three, four, 0.5));
  const to = part(two, three, 0.5);
  await drag(page, grab, { x: to.x + 60, y: to.y });
  assert.match(await stageName(page), /cut between infra3, infra4, infra5 and infra1, infra2|cut between infra1, infra2 and infra3|infra3, infra4, infra5/);
  const between = part(one, two, 0.5);
  await drag(page, { x: between.x + 40, y: between.y - 60 }, part(between, three, 0.4));
  const walls = await page.getByTestId('wall').count();
  assert.ok(walls >= 2, `${walls} walls`);
  await page.getByTestId('wall').first().press('Enter');
  assert.ok(await page.getByTestId('wall').count() < walls);
  await page.getByRole('button', { name: 'Heal', exact: true }).click();
  assert.equal(await page.getByTestId('wall').count(), 0);
});

pageTest('a stroke of a finger cuts', { width: 390, height: 844, hasTouch: true, isMobile: true }, async (page) => {
  await page.keyboard.press(' ');
  const [one, two, five] = [await middle(page, 1), await middle(page, 2), await middle(page, 5)];
  const [from, to] = [part(one, two, 0.5), part(one, five, 0.5)];
  const touch = await page.context().newCDPSession(page);
  const point = (x, y) => [{ x: Math.round(x), y: Math.round(y) }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: point(from.x + 30, from.y) });
  for (let i = 1; i <= 8; i++) {
    const at = part(from, to, i / 8);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: point(at.x - 4 * i, at.y) });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  assert.match(await stageName(page), /cut between infra2, infra3, infra4, infra5 and infra1/);
});

pageTest('any number of groups, with the keyboard alone', {}, async (page) => {
  await page.keyboard.press(' ');
  await page.keyboard.press('x');
  await page.getByRole('button', { name: '+ group' }).press('Enter');
  const chips = page.locator('.cut-panel .chip');
  await chips.nth(4).press('Enter');
  await chips.nth(4).press('Enter');
  await page.getByRole('button', { name: 'Cut 2 | 2 | 1' }).press('Enter');
  assert.match(await stageName(page), /infra1, infra2 and infra3, infra4 and infra5/);
});

pageTest('keys p and i pause and isolate, n goes through the links', {}, async (page) => {
  await page.keyboard.press(' ');
  for (const key of ['3', 'p']) await page.keyboard.press(key);
  assert.equal(await member(page, 3).getAttribute('data-paused'), 'true');
  await page.keyboard.press('p');
  assert.equal(await member(page, 3).getAttribute('data-paused'), 'false');
  await page.keyboard.press('i');
  assert.equal(await page.getByTestId('wall').count(), 1);
  await page.keyboard.press('i');
  assert.equal(await page.getByTestId('wall').count(), 0);
  const before = await steps(page);
  await page.keyboard.press('N');
  assert.match(await page.getByTestId('link').textContent(), /infra3 ↔ infra1/);
  await page.keyboard.press('N');
  assert.match(await page.getByTestId('link').textContent(), /infra3 ↔ infra2/);
  assert.equal(await steps(page), before);
});

pageTest('the whole network at once, and any link from a list', {}, async (page) => {
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Network…' }).click();
  await page.getByTestId('network').waitFor();
  await act(page, 'Delay');
  assert.equal(await page.locator('.trouble').count(), 20);
  await act(page, 'As at the start');
  assert.equal(await page.locator('.trouble').count(), 0);
  await page.locator('#link-from').selectOption('infra4');
  await page.locator('#link-to').selectOption('infra1');
  await page.getByRole('button', { name: 'Look at it' }).click();
  assert.match(await page.getByTestId('link').textContent(), /infra4 ↔ infra1/);
});

pageTest('a client sends requests by itself, and stops', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  await untilLeader(page);
  await page.getByRole('button', { name: 'Network…' }).click();
  await act(page, 'A new client …');
  await page.getByLabel('requests a second').fill('50');
  await act(page, 'Send by itself');
  await until(page, () => Number(document.querySelector('[data-vital=revision]').textContent) > 5);
  assert.match(await page.locator('[data-client="client A"]').textContent(), /client A/);
  await act(page, 'Stop sending');
  assert.equal(await page.getByRole('button', { name: 'Stop sending' }).count(), 0);
});

pageTest('the leadership is handed to a member', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 3);
  const leader = await untilLeader(page);
  const other = leader % 3 + 1;
  await member(page, other).click();
  await act(page, 'Transfer leadership here');
  await until(page, (id) => document.querySelector(`.member[data-member="${id}"]`).dataset.role === 'leader', other);
});
