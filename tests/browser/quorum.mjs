// What a person does with the page, as functions: the vocabulary of the browser tests. The hooks are listed at the top
// of src/ui/mod.rs.

import assert from 'node:assert/strict';

/** The steps of the speed slider that the tests use. */
export const speeds = { slow: 3, start: 5, real: 9, fastest: 12 };

/** Starts a cluster through the panel of the top bar. */
export async function newCluster(page, members, seed = 7) {
  await page.getByRole('button', { name: 'New cluster' }).click();
  await page.getByRole('textbox', { name: 'Members' }).fill(String(members));
  await page.getByRole('textbox', { name: 'Seed' }).fill(String(seed));
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.locator('.member').nth(members - 1).waitFor();
}

export async function setSpeed(page, step) {
  const slider = page.locator('#speed');
  await slider.fill(String(step));
  await slider.blur(); // A slider keeps the arrow keys for itself.
}

/** Waits until the page has been drawn this many times. */
export async function frames(page, count) {
  await page.evaluate((left) => new Promise((done) => {
    const next = () => (left-- > 0 ? requestAnimationFrame(next) : done());
    next();
  }), count);
}

export const pause = (page) => turn(page, 'Pause', 'Play');
export const play = (page) => turn(page, 'Play', 'Pause');

/** Presses the button of this name, if it is there, and waits until it has become the other one. */
async function turn(page, name, other) {
  const button = (of) => page.locator('footer').getByRole('button', { name: of, exact: true });
  if ((await button(name).count()) === 0) return;
  await button(name).click();
  await button(other).waitFor();
}

/** The number of events so far. */
export async function steps(page) {
  return Number((await page.getByTestId('steps').textContent()).replace(/\D/g, ''));
}

/** One event happens, and the page shows it. */
export async function step(page) {
  const before = await page.getByTestId('steps').textContent();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((old) => document.querySelector('[data-testid=steps]').textContent !== old, before);
}

/** The playhead in seconds. */
export async function clock(page) {
  return Number.parseFloat(await page.getByTestId('clock').textContent());
}

/** One of the vitals: 'term', 'leader', 'quorum', 'can-lose', 'revision'. */
export async function vital(page, name) {
  return page.locator(`[data-vital=${name}]`).textContent();
}

/** A member on the stage. */
export function member(page, id) {
  return page.locator(`.member[data-member="${id}"]`);
}

/** Does something to what is selected: a button of the inspector, by its name. */
export async function act(page, name) {
  const button = page.locator('.inspector').getByRole('button', { name, exact: true });
  if (!(await button.isVisible())) await openFaults(page);
  await button.click();
}

/** Opens the form with all faults of what is selected. */
export async function openFaults(page) {
  const form = page.locator('.fault-form details');
  if (!(await form.evaluate((one) => one.open))) await form.locator('summary').click();
}

/** The middle of a member's circle, in the window. */
export async function middle(page, id) {
  const box = await member(page, id).locator('.disc').boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** All roles, in the order of the ids. */
export async function roles(page) {
  return page.locator('.member').evaluateAll((all) => all.map((one) => one.dataset.role));
}

/**
 * The id of the leader of the highest term. When there is none, the run plays as fast as it can until there is one, and
 * goes on at its own speed.
 */
export async function untilLeader(page) {
  const leads = () => document.querySelector('[data-vital=leader]')?.textContent.startsWith('infra');
  if (!(await page.evaluate(leads))) {
    const usual = await page.locator('#speed').inputValue();
    await setSpeed(page, speeds.fastest);
    await page.waitForFunction(leads);
    await setSpeed(page, usual);
  }
  return Number((await vital(page, 'leader')).replace('infra', ''));
}

/** Lets one event after the other happen until `done` holds; fails after `most` of them. */
export async function stepUntil(page, done, most = 600) {
  for (let i = 0; i < most; i++) {
    if (await done()) return;
    await step(page);
  }
  assert.fail(`it did not happen within ${most} events: ${done}`);
}

/** Waits until `done`, a function of the page, holds while the run plays. */
export async function until(page, done, argument) {
  await page.waitForFunction(done, argument, { polling: 50, timeout: 30_000 });
}

/** A member's log: one `{ index, term, state, label }` per column that is not missing. */
export async function log(page, id) {
  const cells = await page.locator(`.logrow[data-member="${id}"] .cell`).evaluateAll((all) =>
    all.map((cell) => ({
      index: Number(cell.dataset.index),
      term: Number(cell.dataset.term),
      state: cell.dataset.state,
      label: cell.textContent,
    })));
  return cells.filter((cell) => cell.state !== 'missing');
}

/** Sends a request with the write form: `put`, `get` or `delete`. */
export async function send(page, verb, key, value, through, { local = false } = {}) {
  await page.getByLabel('key', { exact: true }).fill(key);
  if (value !== undefined) await page.getByLabel('value', { exact: true }).fill(value);
  await page.getByLabel('through').selectOption(`infra${through}`);
  await page.getByLabel('local read').setChecked(local);
  const name = { put: 'Put', get: 'Get', delete: 'Delete' }[verb];
  await page.getByRole('button', { name, exact: true }).click();
}

/** The operations in the console, oldest first: `{ member, outcome, text }`. */
export async function answers(page) {
  return page.getByTestId('answer').evaluateAll((all) =>
    all.map((one) => ({
      member: Number(one.dataset.member),
      outcome: one.dataset.outcome,
      text: one.querySelector('.outcome').innerText,
    })));
}

/** Waits until the latest operation has ended, and returns it. */
export async function untilAnswered(page) {
  await until(page, () => {
    const last = [...document.querySelectorAll('[data-testid=answer]')].at(-1);
    return last && last.dataset.outcome !== 'pending';
  });
  return (await answers(page)).at(-1);
}

/** Cuts the network with the panel: these members on side B, all others on side A. */
export async function cut(page, sideB) {
  await page.getByRole('button', { name: 'Cut', exact: true }).click();
  const chips = page.locator('.cut-panel .chip');
  for (let i = 0; i < await chips.count(); i++) {
    const wanted = sideB.includes(i + 1) ? 'B' : 'A';
    if (await chips.nth(i).getAttribute('data-side') !== wanted) await chips.nth(i).click();
  }
  await page.getByRole('button', { name: /^Cut \d/ }).click();
  await page.getByTestId('wall').first().waitFor();
}
