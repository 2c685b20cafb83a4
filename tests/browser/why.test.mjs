// Why?: the life of an entry on a card, the answers in the inspector, their links to moments, by pointer and by keyboard.

import assert from 'node:assert/strict';

import { clock, cut, member, newCluster, pause, play, send, setSpeed, speeds, steps, until, untilAnswered, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const question = (page) => page.getByTestId('why-question').textContent();
const chain = (page) => page.locator('.why-chain li > span:first-child').allTextContents();
const cell = (page, id, index) => page.locator(`.logrow[data-member="${id}"] .cell[data-index="${index}"]`);

/** A cluster with a leader and one committed write; paused. Returns the leader's id. */
async function written(page, members = 3) {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, members);
  const leader = await untilLeader(page);
  await send(page, 'put', 'name', 'joe', leader);
  await untilAnswered(page);
  await pause(page);
  return leader;
}

/** A write that the leader cannot commit, since it is alone with one other of five; paused. */
async function stuck(page) {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 5);
  const leader = await untilLeader(page);
  await setSpeed(page, speeds.start);
  const near = leader === 1 ? 2 : 1;
  const far = [1, 2, 3, 4, 5].filter((id) => id !== leader && id !== near);
  await cut(page, far);
  await send(page, 'put', 'name', 'joe', leader);
  await until(page, (id) => document.querySelector(`.logrow[data-member="${id}"] .cell[data-state=stored]`), near);
  // The other one has stored the entry; the leader knows of it when the acknowledgement has crossed the network.
  const stored = await clock(page);
  await until(page, (least) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) >= least, stored + 0.03);
  await pause(page);
  return { leader, near, far };
}

pageTest('an entry under the pointer shows its whole life', {}, async (page) => {
  const leader = await written(page);
  await cell(page, leader, 2).hover();
  const card = page.getByTestId('life-card');
  await card.waitFor();
  const text = await card.textContent();
  assert.match(text, /Entry 2/);
  assert.match(text, /put name joe/);
  assert.match(text, new RegExp(`Proposed by infra${leader} at \\d`));
  const times = await card.locator(`tr[data-member="${leader}"] td`).allTextContents();
  assert.equal(times.length, 4, 'in log, on disk, committed, applied');
  times.forEach((time) => assert.match(time, /^\d+\.\d{3}$/));
  await page.mouse.move(5, 5);
  await card.waitFor({ state: 'detached' });
});

pageTest('a click on a committed entry tells how it was committed, and ends in the rule', {}, async (page) => {
  const leader = await written(page);
  await cell(page, leader, 2).click();
  assert.equal(await question(page), 'Why is entry 2 committed?');
  const facts = (await chain(page)).join('\n');
  assert.match(facts, /client A sends put name joe/);
  assert.match(facts, /puts it into its log as entry 2/);
  assert.match(facts, /of 3 voters, a majority: infra\d commits it/);
  assert.match(await page.getByTestId('why-rule').textContent(), /majority of the voters.*§5\.1/s);
  assert.equal(await page.locator('.cell.asked').count(), 3, 'the column stands out');
});

pageTest('an entry that waits names the cut, and a link leads to that moment and back', {}, async (page) => {
  const { leader, far } = await stuck(page);
  const index = Number(await page.locator(`.logrow[data-member="${leader}"] .cell[data-state=stored]`).last().getAttribute('data-index'));
  await cell(page, leader, index).click();
  assert.equal(await question(page), `Why is entry ${index} not committed?`);
  const facts = await chain(page);
  assert.ok(facts.includes(`A majority of 5 is 3; infra${leader} knows of 2`), facts.join('\n'));
  for (const id of far) assert.ok(facts.includes(`The network between infra${leader} and infra${id} is cut`));
  assert.equal(await page.locator('.copy[data-there=true]').count(), 2);

  const before = await clock(page);
  const link = page.locator('.why-chain li', { hasText: 'is cut' }).first().locator('.moment');
  const moment = Number.parseFloat(await link.textContent());
  await link.click();
  assert.ok(Math.abs((await clock(page)) - moment) < 0.002, 'the playhead is there');
  assert.equal(await question(page), `Why is entry ${index} not committed?`, 'the answer stays');
  assert.ok((await page.locator('.why-chain li[aria-current=step]').count()) >= 1);
  await page.getByRole('button', { name: 'Go back there' }).click();
  assert.equal(await clock(page), before);
});

pageTest('all questions of the moment are one key away', {}, async (page) => {
  const leader = await written(page);
  await page.keyboard.press('y');
  const why = page.getByTestId('why');
  await why.getByRole('button', { name: `Why does infra${leader} lead?` }).click();
  assert.match((await chain(page)).join('\n'), /counts the vote/);
  await why.getByRole('button', { name: 'All questions' }).click();
  await why.getByRole('button', { name: 'Why is entry 2 committed?' }).waitFor();
});

pageTest('without a majority the absence of a leader is explained by the crashes', {}, async (page) => {
  const leader = await written(page);
  const other = leader === 1 ? 2 : 1;
  for (const id of [leader, other]) {
    await page.keyboard.press(String(id));
    await page.keyboard.press('c');
  }
  await page.keyboard.press('y');
  await page.getByRole('button', { name: 'Why is there no leader?' }).click();
  const facts = (await chain(page)).join('\n');
  assert.match(facts, /At most 1 of 3 voters run and reach each other; a majority is 2/);
  assert.match(facts, new RegExp(`infra${other} crashed`));
});

pageTest('a command that waits, and one that failed, can be asked about', {}, async (page) => {
  const { leader } = await stuck(page);
  const ask = page.getByTestId('answer').last().getByRole('button', { name: 'Why?' });
  await ask.click();
  assert.equal(await question(page), 'Why does put name joe wait?');
  assert.match((await chain(page)).join('\n'), new RegExp(`infra${leader} knows of 2`));
  await setSpeed(page, speeds.fastest);
  await play(page);
  await untilAnswered(page);
  await pause(page);
  await ask.click();
  assert.equal(await question(page), 'Why did put name joe fail?');
  assert.match((await chain(page)).join('\n'), /No answer is no refusal/);
});

pageTest('the cells can be walked with the arrows and asked with Enter', {}, async (page) => {
  const leader = await written(page);
  await page.keyboard.press(String(leader));
  const happened = await steps(page);
  await page.locator('.scroller').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.index), '1');
  assert.match(await page.getByTestId('life-card').textContent(), /Entry 1/);
  await page.keyboard.press('Enter');
  assert.equal(await question(page), 'Why is entry 1 committed?');
  assert.equal(await steps(page), happened, 'the arrows did not step');
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [800, 500]]) {
  for (const theme of ['light', 'dark']) {
    pageTest(`answers fit at ${width}x${height}, ${theme}`, { width, height, theme }, async (page) => {
      await setSpeed(page, speeds.fastest);
      await untilLeader(page);
      await pause(page);
      await page.getByTestId('sentence').waitFor();
      await page.getByRole('button', { name: 'Why?', exact: true }).first().click();
      const first = page.locator('.question').first();
      await first.click();
      assert.match(await question(page), /^Why/);
      const excess = await page.evaluate(() => {
        const body = document.querySelector('.inspector-body');
        return Math.max(body.scrollWidth - body.clientWidth, document.documentElement.scrollWidth - window.innerWidth);
      });
      assert.ok(excess <= 0, `${excess} px too wide`);
    });
  }
}
