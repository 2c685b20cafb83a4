// Run it for real: the files that start the present cluster, and the script of what was done.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { act, member, newCluster, pause, play, send, setSpeed, speeds, steps, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const open = async (page) => {
  // In a wide window it is open at first.
  if (!(await page.locator('#left').count())) await page.locator('#open-left:visible, #open-left-sheet:visible').click();
  await page.getByRole('tab', { name: 'For real' }).click();
};
const form = (page, name) => page.locator('.real').getByRole('button', { name, exact: true }).click();
const file = (page, name) => page.locator('.real select').selectOption(name);
const text = (page) => page.locator('#real-text').inputValue();
const files = (page) => page.locator('.real option').allTextContents();

pageTest('the cluster is written as a Procfile, as units and as a compose file', {}, async (page) => {
  await pause(page);
  await newCluster(page, 3);
  await pause(page);
  await open(page);
  assert.deepEqual(await files(page), ['Procfile', 'commands.sh']);
  const procfile = await text(page);
  assert.equal(procfile.match(/^infra\d: etcd --name infra\d /gm).length, 3);
  assert.match(await page.locator('.real ul').textContent(), /five heartbeats/);
  await form(page, 'systemd');
  assert.deepEqual(await files(page), [1, 2, 3].map((id) => `quorum-infra${id}.service`).concat('commands.sh'));
  await file(page, 'quorum-infra2.service');
  assert.match(await text(page), /ExecStart=\/usr\/local\/bin\/etcd \\\n {2}--name infra2/);
  await form(page, 'Compose');
  assert.match(await text(page), /^services:\n {2}infra1:/m);
});

pageTest('what was done becomes a script, up to the playhead', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await untilLeader(page);
  await pause(page);
  await open(page);
  await file(page, 'commands.sh');
  assert.match(await text(page), /Nothing was done yet/);
  await send(page, 'put', 'name', "joe's & ann's", 2);
  await member(page, 3).click();
  await act(page, 'Crash');
  const script = await text(page);
  assert.match(script, /etcdctl --endpoints http:\/\/127\.0\.0\.1:22379 .* put -- name "joe's & ann's" &/);
  assert.match(script, /signal KILL infra3/);
  await form(page, 'Compose');
  await file(page, 'commands.sh');
  assert.match(await text(page), /docker compose kill infra3/);
  await page.locator('body').press('Control+z');
  assert.doesNotMatch(await text(page), /docker compose kill infra3/, 'it is not done any more');
});

pageTest('a file is copied and saved', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
  await pause(page);
  await open(page);
  const shown = await text(page);
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  assert.equal(await page.locator('.real [role=status]').textContent(), 'Copied.');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download', exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Procfile');
  assert.equal(await readFile(await download.path(), 'utf8'), shown);
});

pageTest('a member shows the flags that start it for real', {}, async (page) => {
  await pause(page);
  await member(page, 4).click();
  const open = page.getByRole('button', { name: 'Flags that start it for real' });
  await open.click();
  assert.match(await page.getByTestId('flags').textContent(), /^etcd \\\n {2}--name infra4 \\/);
  await member(page, 2).click();
  assert.match(await page.getByTestId('flags').textContent(), /--name infra2 /);
  await page.locator('.start-flags').getByRole('button', { name: 'For real', exact: true }).click();
  assert.equal(await page.getByTestId('real').count(), 1);
  await open.click();
  assert.equal(await page.getByTestId('flags').count(), 0);
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [800, 500]]) {
  pageTest(`the files can be read and taken along at ${width}x${height}`, { width, height }, async (page) => {
    await pause(page);
    await open(page);
    const box = await page.locator('#real-text').boundingBox();
    assert.ok(box.width > 200 && box.height > 100, `${box.width} x ${box.height}`);
    await page.getByRole('button', { name: 'Download', exact: true }).click({ trial: true });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} px too wide`);
  });
}

pageTest('the page of the files is reached with the keyboard, and playing leaves it alone', {}, async (page) => {
  await setSpeed(page, speeds.fastest);
  await page.locator('body').press('r');
  await until(page, (id) => document.activeElement.id === id, 'left-real');
  await page.locator('#real-text').evaluate((area) => area.setSelectionRange(2, 9));
  await play(page);
  const before = await steps(page);
  await until(page, (least) => Number(document.querySelector('[data-testid=steps]').textContent.replace(/\D/g, '')) > least, before + 200);
  assert.equal(await page.locator('#real-text').evaluate((area) => area.selectionEnd), 9);
});
