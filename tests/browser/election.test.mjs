// The first election, step by step; play, pause and speed.

import assert from 'node:assert/strict';

import { clock, frames, newCluster, pause, play, roles, setSpeed, speeds, step, stepUntil, steps, untilLeader, vital } from './quorum.mjs';
import { pageTest } from './support.mjs';

pageTest('the first election can be watched event by event', {}, async (page) => {
  await newCluster(page, 5);
  await pause(page);
  assert.equal(await page.locator('.timer .arc').count(), 5, 'every member has an election timer');
  assert.equal(await vital(page, 'leader'), 'none');

  const role = (name) => page.locator(`.member[data-role=${name}]`);
  await stepUntil(page, async () => (await role('pre-candidate').count()) > 0);
  await stepUntil(page, async () => (await role('candidate').count()) > 0);
  const candidate = role('candidate');
  assert.equal(await candidate.locator('[data-voter]').count(), 5, 'one ballot per member');
  assert.match(await candidate.getAttribute('aria-label'), /^infra\d, candidate for term 1, \d of 5 votes/);

  await stepUntil(page, async () => (await candidate.locator('[data-ballot=in-flight]').count()) >= 4);
  assert.ok((await page.getByRole('img', { name: /vote/ }).count()) >= 4, 'the requests fly');
  await stepUntil(page, async () => (await candidate.locator('[data-ballot=granted]').count()) >= 2
    || (await role('leader').count()) > 0);
  await stepUntil(page, async () => (await role('leader').count()) > 0);
  assert.equal(await vital(page, 'term'), '1');
  assert.match(await page.getByTestId('sentence').textContent(), /infra\d/);
});

for (const members of [1, 2, 3, 5, 7, 9]) {
  pageTest(`${members} members elect a leader`, {}, async (page) => {
    await setSpeed(page, speeds.fastest);
    await newCluster(page, members);
    await untilLeader(page);
    assert.equal((await roles(page)).length, members);
    assert.equal(await vital(page, 'quorum'), `${Math.floor(members / 2) + 1} of ${members}`);
  });
}

pageTest('time passes while playing only, at the chosen speed', {}, async (page) => {
  await pause(page);
  const paused = await clock(page);
  await frames(page, 12);
  assert.equal(await clock(page), paused);
  await setSpeed(page, speeds.real);
  assert.equal(await page.getByTestId('speed').textContent(), '1×');
  await play(page);
  await page.waitForFunction((from) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) > from + 0.3, paused);
  await pause(page);
});

pageTest('a step is one event', {}, async (page) => {
  await pause(page);
  const before = await steps(page);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await page.keyboard.press('ArrowRight');
  assert.equal(await steps(page), before + 2);
});

pageTest('the same seed gives the same run, another seed another one', {}, async (page) => {
  const story = async (seed) => {
    await newCluster(page, 5, seed);
    await pause(page);
    await newCluster(page, 5, seed);
    await pause(page);
    const sentences = [];
    for (let i = 0; i < 30; i++) {
      await step(page);
      sentences.push(`${await page.getByTestId('clock').textContent()} ${await page.getByTestId('sentence').textContent()}`);
    }
    return sentences;
  };
  const first = await story(3);
  assert.deepEqual(await story(3), first);
  assert.notDeepEqual(await story(4), first);
});
