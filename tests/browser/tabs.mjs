// What the tests of the inspector's tabs share.

import { cut, member, newCluster, send, setSpeed, speeds, until, untilAnswered, untilLeader } from './quorum.mjs';

/** Opens a tab of the inspector: 'keys', 'clients', 'checks'. */
export async function openTab(page, name) {
  const tab = page.locator(`#tab-${name}`);
  if (!(await tab.isVisible())) await page.locator('.drawer-button').click();
  await tab.click();
}

/** Opens the console, ready for typing. */
export async function console_(page) {
  await page.keyboard.press('/');
  await until(page, () => document.activeElement?.id === 'console-line');
}

/** Types a line into the console, and waits until its command has ended. */
export async function enter(page, line) {
  await page.locator('#console-line').fill(line);
  await page.keyboard.press('Enter');
  await until(page, () => document.querySelector('.console-line label').textContent.includes('$'));
}

/** Leaves the console, so that keys are keys of the page again. */
export const leave = (page) => page.locator('#console-line').blur();

/** A cluster of three with a leader, at real speed. */
export async function three(page) {
  await setSpeed(page, speeds.real);
  await newCluster(page, 3);
  return untilLeader(page);
}

/**
 * A read that shows an old value: a leader that was cut off answers it, since the rule that forbids that is
 * switched off.
 */
export async function staleRead(page) {
  await setSpeed(page, speeds.fastest);
  await page.getByRole('button', { name: 'New cluster' }).click();
  await page.getByRole('textbox', { name: 'Members' }).fill('3');
  await page.getByRole('textbox', { name: 'Seed' }).fill('7');
  for (const group of ['Rules of Raft', 'Elections']) {
    await page.locator('.settings summary', { hasText: group }).click();
  }
  await page.locator('[data-rule=read-fresh-round]').click();
  await page.getByRole('checkbox', { name: 'a leader without a quorum steps down (check-quorum)' }).uncheck();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const old = await untilLeader(page);
  await setSpeed(page, speeds.real);
  await send(page, 'put', 'name', 'joe', old);
  await untilAnswered(page);
  await cut(page, [old]);
  await member(page, old % 3 + 1).click();
  await page.keyboard.press('t');
  await until(page, (before) => {
    const leader = document.querySelector('[data-vital=leader]').textContent;
    return leader.startsWith('infra') && leader !== `infra${before}`;
  }, old);
  const now = await untilLeader(page);
  await send(page, 'put', 'name', 'ann', now);
  await untilAnswered(page);
  await send(page, 'get', 'name', undefined, old);
  await untilAnswered(page);
}

export const sizes = [[1440, 900], [1024, 768], [390, 844], [800, 500]];
export const themes = ['light', 'dark'];

/** How far something reaches beyond the window, in pixels. */
export async function excess(page, selector) {
  return page.locator(selector).first().evaluate((one) => {
    const edges = one.getBoundingClientRect();
    return Math.max(edges.right - innerWidth, -edges.left, document.documentElement.scrollWidth - innerWidth, edges.bottom - innerHeight);
  });
}
