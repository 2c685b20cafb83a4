// The picture of the README, from a seeded run, so that it never ages:
//
//   node scripts/shoot.mjs target/readme scripts/readme-picture.mjs 1440x900-light
//   cp target/readme/1440x900-light.png docs/screenshot.png

import { cut, newCluster, pause, play, send, setSpeed, speeds, stepUntil, until, untilLeader } from '../tests/browser/quorum.mjs';

export default async (page) => {
  await setSpeed(page, speeds.fastest);
  await newCluster(page, 5);
  const leader = await untilLeader(page);
  await send(page, 'put', 'name', 'ann', leader % 5 + 1);
  await until(page, () => document.querySelectorAll('.cell[data-index="2"][data-state=committed]').length === 5);
  await pause(page);
  const minority = [leader, leader % 5 + 1];
  await cut(page, minority);
  await send(page, 'put', 'name', 'john', leader);
  await play(page);
  const led = (ids) => ids.find((id) => document.querySelector(`.member[data-member="${id}"]`).dataset.role === 'leader');
  const majority = [1, 2, 3, 4, 5].filter((id) => !minority.includes(id));
  await until(page, led, majority);
  await pause(page);
  const winner = await page.evaluate(led, majority);
  await page.locator(`.member[data-member="${winner}"]`).click();
  await send(page, 'put', 'name', 'joe', winner);
  await page.locator('[data-testid=sentence]').click();
  await stepUntil(page, async () => await page.locator('[data-flight]', { hasText: 'append' }).count() > 1);
};
