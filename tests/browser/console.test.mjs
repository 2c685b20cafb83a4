// The etcdctl console in the place of the form: typing, output in the run's time, history, completion, the past.

import assert from 'node:assert/strict';

import { newCluster, pause, setSpeed, speeds, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const screen = (page) => page.locator('.screen pre').allTextContents();
const holds = (page, text) => until(page, (wanted) => document.querySelector('.screen').textContent.includes(wanted), text);

async function console_(page, members = 3) {
  await setSpeed(page, speeds.real);
  await newCluster(page, members);
  await untilLeader(page);
  await page.keyboard.press('/');
  await until(page, () => document.activeElement?.id === 'console-line');
}

async function enter(page, line) {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

pageTest('a command is typed, takes the time of the run, and prints what etcdctl prints', {}, async (page) => {
  await console_(page);
  await enter(page, 'etcdctl put name joe');
  await holds(page, 'OK');
  await enter(page, 'etcdctl get name');
  await holds(page, 'name\njoe');
  await enter(page, 'etcdctl member list');
  await holds(page, 'infra3, http://127.0.0.1:32380');
  await enter(page, 'export ETCDCTL_API=2');
  await enter(page, 'etcdctl set /a one');
  await enter(page, 'etcdctl ls');
  await holds(page, 'one');
  await holds(page, '/a');
});

pageTest('a watch in the background prints while other commands run, and Ctrl-C ends it', {}, async (page) => {
  await console_(page);
  await enter(page, 'etcdctl watch name &');
  await enter(page, 'etcdctl put name ann');
  await holds(page, 'PUT\nname\nann');
  // Ctrl-C would end the put, if it still waited for its answer.
  await holds(page, 'OK');
  await page.keyboard.press('Control+c');
  await holds(page, '^C');
  await enter(page, 'etcdctl put name bob');
  await until(page, () => document.querySelector('.screen').textContent.match(/OK/g)?.length === 2);
  assert.ok(!(await screen(page)).join('\n').includes('PUT\nname\nbob'));
});

pageTest('Tab completes, the arrows recall, errors have their exit code', {}, async (page) => {
  await console_(page);
  await page.keyboard.type('etcdctl endp');
  await page.keyboard.press('Tab');
  assert.equal(await page.locator('#console-line').inputValue(), 'etcdctl endpoint ');
  await page.keyboard.press('Enter');
  await enter(page, 'etcdctl gte x');
  await holds(page, 'unknown command "gte"');
  await holds(page, '[exit ');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.locator('#console-line').inputValue(), 'etcdctl gte x');
});

pageTest('the form is one click away, and the letters of a command are no keys of the page', {}, async (page) => {
  await console_(page);
  await enter(page, 'echo cpitxw');
  await holds(page, 'cpitxw');
  assert.equal(await page.locator('.cut-panel').count(), 0);
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.locator('#value').waitFor();
  await pause(page);
});

pageTest('a member that is added with etcdctl is started on the stage, and catches up', {}, async (page) => {
  await console_(page);
  await enter(page, 'etcdctl member add infra4 --peer-urls=http://127.0.0.1:42380');
  await holds(page, 'ETCD_INITIAL_CLUSTER_STATE="existing"');
  await page.getByRole('button', { name: 'Start infra4', exact: true }).click();
  await page.locator('.member').nth(3).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Start infra/ }).count(), 0);
  await until(page, () => /follower/.test(document.querySelectorAll('.member')[3].getAttribute('aria-label')));
  await page.locator('#console-line').focus();
  await enter(page, 'etcdctl put name joe');
  await until(page, () => {
    const cells = [...document.querySelectorAll('.logrow[data-member="4"] .cell')];
    return cells.length > 2 && cells.every((cell) => cell.dataset.state !== 'missing');
  });
});

pageTest('all five logs stay in sight beside the console', {}, async (page) => {
  await console_(page, 5);
  for (const [width, height] of [[1440, 900], [1024, 768]]) {
    await page.setViewportSize({ width, height });
    await until(page, () => {
      const edge = document.querySelector('.scroller').getBoundingClientRect().bottom;
      const cells = [...document.querySelectorAll('.logrow[data-member] .cell')];
      return cells.length >= 5 && cells.every((cell) => cell.getBoundingClientRect().bottom <= edge + 1);
    });
  }
});
