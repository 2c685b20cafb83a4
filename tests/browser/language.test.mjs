// The languages of the page: which one it speaks, that another click changes it at once, that nothing is left in the
// other language, and that longer words are not cut off.

import assert from 'node:assert/strict';

import { clock, frames, pause, steps, until, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const sizes = [[1440, 900], [1024, 768], [390, 844], [800, 500]].map(([width, height]) => ({ width, height }));

/** The languages, by the sign of the button that chooses them. */
async function speak(page, code) {
  const button = page.locator('#language');
  if ((await button.textContent()) === code) await change(page);
}

/** Another click; the stage of the new page is measured before it is filled, and both happen before it is seen. */
async function change(page) {
  await page.locator('#language').click();
  await frames(page, 1);
}

const spoken = (page) => page.evaluate(() => document.documentElement.lang);

pageTest('the first visit speaks the language of the browser', { locale: 'pt-PT' }, async (page) => {
  assert.equal(await spoken(page), 'pt-BR');
  await page.getByRole('button', { name: 'Novo cluster' }).waitFor();
  await page.waitForFunction(() => /mandato|temporizador|voto/.test(document.querySelector('[data-testid=sentence]').textContent));
  await page.locator('footer').getByRole('button', { name: 'Pausar' }).click();
});

pageTest('a browser of another language gets English', { locale: 'de-DE' }, async (page) => {
  assert.equal(await spoken(page), 'en');
  await page.getByRole('button', { name: 'New cluster' }).waitFor();
});

pageTest('a click changes the language at once, the run goes on where it was, and the next visit remembers', {}, async (page) => {
  await untilLeader(page);
  await pause(page);
  const before = [await steps(page), await page.getByTestId('clock').textContent(), await page.locator('.member').count()];
  await change(page);
  assert.equal(await spoken(page), 'pt-BR');
  await until(page, (id) => document.activeElement.id === id, 'language');
  assert.deepEqual([await steps(page), await page.getByTestId('clock').textContent(), await page.locator('.member').count()], before);
  assert.match(await page.getByTestId('sentence').textContent(), /lidera|mandato/);
  assert.match(await page.locator('.member').first().getAttribute('aria-label'), /seguidor|líder/);
  await page.reload();
  await page.locator('.member').first().waitFor();
  assert.equal(await spoken(page), 'pt-BR');
  await speak(page, 'EN');
  assert.equal(await spoken(page), 'en');
  await page.getByRole('button', { name: 'New cluster' }).waitFor();
});

pageTest('the timeline and the inspector work on in the other language', { width: 1024, height: 768 }, async (page) => {
  await untilLeader(page);
  await pause(page);
  await speak(page, 'PT');
  const area = await page.locator('.tl-area').boundingBox();
  await until(page, (width) => {
    const drawn = document.querySelector('[data-testid=timeline]').viewBox.baseVal.width;
    return Math.abs(drawn - width) < 2;
  }, area.width);
  const before = await clock(page);
  await page.mouse.click(area.x + area.width * 0.3, area.y + area.height / 2);
  assert.ok(await clock(page) < before, 'a click goes to its moment');
  await page.locator('footer .drawer-button').click();
  await page.locator('#tab-checks').click();
  await page.getByTestId('checks').waitFor();
});

/** Every text of the page that a person reads or hears, with more than one word of letters in it. */
function texts(page) {
  return page.evaluate(() => {
    const found = new Set();
    const walker = document.createTreeWalker(document.querySelector('.page'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest('[lang]:not(html)')) found.add(walker.currentNode.textContent.trim());
    }
    for (const element of document.querySelectorAll('.page [aria-label], .page [title]')) {
      if (element.closest('[lang]:not(html)')) continue;
      for (const name of ['aria-label', 'title']) if (element.hasAttribute(name)) found.add(element.getAttribute(name).trim());
    }
    return [...found].filter((text) => text.replace(/infra\d+|[a-z]\w*=\S*/g, '').match(/\p{L}{2,}/gu)?.length);
  });
}

/** What is the same in both languages: names, terms that the field uses in English everywhere, commands, numbers. */
const same = new RegExp(`^(${[
  'Quorum', 'main', 'evento?', 'log', 'Log', 'cluster', 'heartbeat', 'snapshot', 'Put', 'Get', 'Delete', 'etcdctl', 'match · next',
  'T\\d+', '[\\d.,]+ (s|ms)', '[\\d/]+×', 'link', 'put .*', 'get .*', 'del .*', '127\\.0.*', 'Ctrl-C', 'ctrl [ZY]', 'esc', 'space',
  'home', 'end', 'page (up|down)', 'shift.*', 'infra.*↔.*', 'sync.*', 'Snapshots', 'name', 'joe', 'append.*', 'commit \\d+', 'I am .*',
  '[a-z]+(-[a-z]+)+', // The names of rules.
  'Ongaro, raft-dev 2015',
].join('|')})$`);

const states = {
  'a leader': async (page) => untilLeader(page),
  'a new cluster with all options': async (page) => {
    await page.locator('#new-cluster').click();
    await page.evaluate(() => document.querySelectorAll('.settings details').forEach((one) => { one.open = true; }));
  },
  'the help': async (page) => page.locator('#help').click(),
  'the cut': async (page) => page.locator('#cut').click(),
  'a member with all faults': async (page) => {
    await page.locator('.member').first().click();
    await page.evaluate(() => document.querySelectorAll('.fault-form details').forEach((one) => { one.open = true; }));
  },
  'the branches': async (page) => page.locator('#branches').click(),
  'a scenario': async (page) => {
    if (!(await page.locator('#left').count())) await page.locator('#open-left').click();
    if (await page.locator('.scenario-all').count()) await page.locator('.scenario-all').click();
    await page.locator('.scenario[data-scenario=figure-8]').click();
    await page.getByTestId('scenario').waitFor();
  },
  'sharing': async (page) => page.locator('#share').click(),
  'why there is a leader': async (page) => page.locator('.say-why').click(),
  'the sequence': async (page) => page.keyboard.press('s'),
};

for (const [name, go] of Object.entries(states)) {
  pageTest(`nothing is left in English: ${name}`, {}, async (page) => {
    await untilLeader(page);
    await pause(page);
    await go(page);
    const english = new Set(await texts(page));
    await page.keyboard.press('Escape');
    await change(page);
    await go(page);
    const left = (await texts(page)).filter((text) => english.has(text) && !same.test(text));
    assert.deepEqual(left, []);
  });
}

/** Buttons, labels and headings whose text does not fit, or that leave the window. */
export function cutOff(page) {
  return page.evaluate(() => {
    const found = [];
    for (const element of document.querySelectorAll('button, label, h1, h2, legend, summary, .vital, dt, output, select')) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (box.width < 2 || style.visibility === 'hidden' || element.closest('.visually-hidden, .share-text')) continue;
      const name = `${element.tagName} ${element.id || element.className || ''} “${element.textContent.trim().slice(0, 40)}”`;
      const scrolls = element.closest('.scroller, .action-bar, .inspector, .left, .drawer, .panel, dialog, .screen, .answers, .sheet');
      if (!scrolls && (box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1)) {
        found.push(`${name} leaves the window`);
      }
      // Names of branches and the like may end in … and are whole in their title.
      const shortened = style.textOverflow === 'ellipsis';
      if (!shortened && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline') found.push(`${name} is cut off`);
    }
    return found;
  });
}

for (const size of sizes) {
  for (const locale of ['en-US', 'pt-BR']) {
    pageTest(`no word is cut off in ${locale}, ${size.width}×${size.height}`, { ...size, locale }, async (page) => {
      await untilLeader(page);
      assert.deepEqual(await cutOff(page), []);
      await page.locator('#new-cluster').click();
      assert.deepEqual(await cutOff(page), []);
    });
  }
}
