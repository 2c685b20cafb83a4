#!/usr/bin/env node
// Takes the pictures of the README and of docs/ from seeded runs of the built page (dist/), so that they never age.
//
//   scripts/pictures [FILTER]          builds the page first if it has changed
//   node scripts/pictures.mjs [FILTER]
//
// FILTER takes only the pictures whose file contains it. Every picture goes event by event from a scenario or a seed to
// its moment, so the same page gives the same picture.

import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { act, answers, cut, member, pause, send, stepUntil, vital } from '../tests/browser/quorum.mjs';
import { console_, enter, openTab } from '../tests/browser/tabs.mjs';
import { launch, open } from './browser.mjs';
import { serve } from './static-server.mjs';

const docs = fileURLToPath(new URL('../docs', import.meta.url));

/** Opens a scenario, paused where the line that begins like this begins. */
async function scenario(page, name, line) {
  await pause(page);
  if (!(await page.locator('#left').count())) await page.locator('#open-left').click();
  await page.locator(`.scenario[data-scenario="${name}"]`).click();
  await page.getByTestId('scenario').waitFor();
  await pause(page);
  const lines = page.locator('.script [data-line]');
  await (line ? lines.filter({ has: page.locator('code', { hasText: line }) }).first() : lines.last()).getByRole('button').click();
  if (!line) await toTheEnd(page);
  await page.getByTestId('sentence').click();
}

async function toTheEnd(page) {
  while (await page.locator('#scenario-next').isEnabled()) await page.locator('#scenario-next').click();
}

/** Steps until the latest question has its answer. */
const untilAnswered = (page) => stepUntil(page, async () => (await answers(page)).at(-1)?.outcome !== 'pending', 3000);

/** Closes what stands beside the stage, so that a small picture is about one thing. */
async function alone(page) {
  if (await page.locator('#left').count()) await page.locator('#close-left').click();
}

/** Makes the panel below the logs higher. */
async function higher(page) {
  await page.getByRole('separator', { name: 'Height of the panel below the logs' }).focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowUp');
}

/** A reader is answered by a leader that was cut off, since the rule that forbids that is switched off. */
async function staleRead(page) {
  await alone(page);
  await page.getByRole('button', { name: 'New cluster' }).click();
  await page.getByRole('textbox', { name: 'Members' }).fill('3');
  await page.getByRole('textbox', { name: 'Seed' }).fill('7');
  for (const group of ['Rules of Raft', 'Elections']) await page.locator('.settings summary', { hasText: group }).click();
  await page.locator('[data-rule=read-fresh-round]').click();
  await page.getByRole('checkbox', { name: 'a leader without a quorum steps down (check-quorum)' }).uncheck();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await pause(page);
  const leader = async () => Number((await vital(page, 'leader')).replace('infra', '')) || 0;
  await stepUntil(page, leader);
  const old = await leader();
  await send(page, 'put', 'name', 'joe', old);
  await untilAnswered(page);
  await cut(page, [old]);
  await member(page, old % 3 + 1).click();
  await page.keyboard.press('t');
  await stepUntil(page, async () => ![0, old].includes(await leader()));
  await send(page, 'put', 'name', 'ann', await leader());
  await untilAnswered(page);
  await send(page, 'get', 'name', undefined, old);
  await untilAnswered(page);
  await openTab(page, 'clients');
  await page.locator('.clients .sq-contradiction').first().waitFor({ state: 'attached' });
}

/** What is shown of what: the file in docs/, the window, what is cut out of it, and how to come there. */
const pictures = [
  {
    file: 'screenshot.png', width: 1440, height: 900,
    async go(page) {
      await scenario(page, 'five-three-two', 'wait until answer of B is OK');
      const leaders = page.locator('.member[data-role=leader]');
      await stepUntil(page, async () => await page.locator('[data-flight]', { hasText: 'append' }).count() > 1);
      await leaders.last().click();
      await page.keyboard.press('Escape');
    },
  },
  {
    // The manual of the script language: a script beside its run.
    file: 'pictures/script.png', width: 1280, height: 720, of: ['#left', '.stagewrap', '.say'],
    async go(page) {
      await scenario(page, 'leader-crash', 'wait until leader within');
      await stepUntil(page, async () => await page.locator('.member[data-role=candidate]').count() > 0);
      await stepUntil(page, async () => await page.locator('[data-flight]', { hasText: '✓' }).count() > 1);
    },
  },
  {
    // The console of etcdctl, below the logs.
    file: 'pictures/console.png', width: 1024, height: 900, of: ['.logs', '.write'],
    async go(page) {
      await scenario(page, 'write-through-a-follower');
      await alone(page);
      await page.getByLabel('Speed', { exact: true }).fill('9');
      await page.locator('footer').getByRole('button', { name: 'Play', exact: true }).click();
      await console_(page);
      await higher(page);
      await page.locator('#console-line').focus();
      await enter(page, 'etcdctl put fruit/apple green');
      await enter(page, 'etcdctl get --prefix fruit/ -w json');
      await enter(page, 'etcdctl member list -w table');
      await page.locator('#console-line').blur();
      await page.keyboard.press('Space');
    },
  },
  {
    // Operations that contradict each other, as the Clients tab draws them.
    file: 'pictures/clients.png', width: 1440, height: 640, of: ['.inspector'],
    async go(page) {
      await page.getByRole('separator', { name: 'Width of the inspector' }).focus();
      for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowLeft');
      await staleRead(page);
    },
  },
  {
    // Branches, and the link to one of them.
    file: 'pictures/branches.png', width: 1024, height: 700,
    async go(page) {
      await scenario(page, 'leader-crash', 'restart');
      await alone(page);
      const alive = page.locator('.member:not([data-role=crashed])');
      await alive.first().click();
      await act(page, 'Crash');
      for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Escape');
      await page.locator('#branches').click();
    },
  },
];

/** The smallest part of the window with all of these in it. */
async function around(page, selectors) {
  const boxes = await Promise.all(selectors.map((selector) => page.locator(selector).first().boundingBox()));
  const [x, y] = ['x', 'y'].map((edge) => Math.floor(Math.min(...boxes.map((box) => box[edge]))));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: Math.ceil(right - x), height: Math.ceil(bottom - y) };
}

const filter = process.argv[2] ?? '';
await mkdir(path.join(docs, 'pictures'), { recursive: true });
const { url, server } = await serve();
const browser = await launch();
try {
  for (const { file, width, height, of, go } of pictures) {
    if (!file.includes(filter)) continue;
    const page = await open(browser, url, { width, height, locale: 'en-US', reducedMotion: 'reduce' });
    await go(page);
    const target = path.join(docs, file);
    await page.screenshot({ path: target, clip: of && await around(page, of) });
    console.log(`docs/${file}: ${Math.round((await stat(target)).size / 1024)} kB`);
    if (page.problems.length > 0) throw new Error(`${file}: ${page.problems.join('; ')}`);
    await page.context().close();
  }
} finally {
  await browser.close();
  server.close();
}
