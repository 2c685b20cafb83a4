// For everybody: what axe finds at the states of the page, in four sizes and both themes; large text, right to left,
// fingers, reduced motion, screen readers. (Every other browser test ends with a look of axe, too: support.mjs.)

import assert from 'node:assert/strict';

import { act, cut, frames, member, openFaults, pause, play, send, setSpeed, speeds, untilAnswered, untilLeader } from './quorum.mjs';
import { accessible, pageTest } from './support.mjs';

const sizes = [[1440, 900], [1024, 768], [390, 844], [800, 500]].map(([width, height]) => ({ width, height }));

for (const size of sizes) {
  for (const theme of ['light', 'dark']) {
    pageTest(`axe finds nothing on the stage, in panels and sheets, ${size.width}×${size.height} ${theme}`, { ...size, theme }, async (page) => {
      await untilLeader(page);
      await pause(page);
      await accessible(page);
      await member(page, 2).click();
      await page.keyboard.press('c');
      await page.keyboard.press('3');
      await page.keyboard.press('p');
      await accessible(page);
      await page.keyboard.press('Escape');
      for (const button of ['#new-cluster', '#share', '#branches', '#cut']) {
        await page.locator(button).click();
        await accessible(page);
        await page.keyboard.press('Escape');
      }
      for (const sheet of ['Log', 'Write', 'Member']) {
        const open = page.locator('.sheets').getByRole('button', { name: sheet });
        if (!(await open.isVisible())) continue;
        await open.click();
        await accessible(page);
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press('y');
      await accessible(page);
    });
  }
}

pageTest('axe finds nothing while messages are lost, commands fail and walls stand', {}, async (page) => {
  const leader = await untilLeader(page);
  await setSpeed(page, speeds.real);
  await send(page, 'put', 'a', '1', leader);
  await untilAnswered(page);
  await pause(page);
  await cut(page, [1, 2]);
  await member(page, 3).click();
  await openFaults(page);
  await accessible(page);
  await page.keyboard.press('s');
  await accessible(page);
  await page.keyboard.press('/');
  await page.keyboard.type('etcdctl put');
  await page.keyboard.press('Enter');
  await accessible(page);
});

/** Texts that are cut off, with the part that they are in. */
function cutOff(page) {
  return page.evaluate(() => {
    const found = [];
    for (const element of document.querySelectorAll('button, label, h1, h2, h3, legend, summary, p, dt, dd, .vital, output, select')) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (box.width < 2 || box.height < 2 || style.visibility === 'hidden' || element.closest('.visually-hidden, .share-text')) continue;
      const name = `${element.tagName} ${element.id || element.className} “${element.textContent.trim().slice(0, 40)}”`;
      const ends = style.textOverflow === 'ellipsis' || style.display === 'inline';
      if (element.tagName === 'SELECT') {
        const words = document.createElement('span');
        words.textContent = element.selectedOptions[0].textContent;
        Object.assign(words.style, { position: 'absolute', font: style.font });
        document.body.append(words);
        const { width } = words.getBoundingClientRect();
        words.remove();
        // Beside the words there is an arrow.
        if (element.clientWidth - parseFloat(style.paddingLeft) - 12 < width) found.push(`${name} hides what is chosen`);
      }
      if (!ends && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is cut off`);
      let around = element.parentElement;
      const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowY);
      while (around !== document.body && !scrolls(around)) around = around.parentElement;
      const reachable = around !== document.body || (box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1);
      if (!reachable) found.push(`${name} leaves the page`);
    }
    return found;
  });
}

/** Which controls lie over others, or leave the window. What is scrolled away in a part of the page does neither. */
function overlaps(page) {
  return page.evaluate(() => {
    // What is seen of it, where a part of the page does not show all that is in it.
    const seen = (element) => {
      let { left, right, top, bottom } = element.getBoundingClientRect();
      for (let around = element.parentElement; around !== document.body; around = around.parentElement) {
        if (getComputedStyle(around).overflow === 'visible' || around.matches('.page')) continue;
        const edge = around.getBoundingClientRect();
        [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
        [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
      }
      return { left, right, top, bottom };
    };
    const inSight = (element) => {
      const { left, right, top, bottom } = seen(element);
      return right > left + 2 && bottom > top + 2 && element.checkVisibility() && !element.closest('.stage > svg, .tl-branches');
    };
    const controls = 'button:not(.define), input, select, .vital, .say p[data-testid], h1, .clock b, .tl-area';
    const shown = [...document.querySelectorAll(controls)].filter(inSight);
    const found = [];
    for (const [i, a] of shown.entries()) {
      for (const b of shown.slice(i + 1)) {
        if (a.contains(b) || b.contains(a)) continue;
        const [x, y] = [seen(a), seen(b)];
        const width = Math.min(x.right, y.right) - Math.max(x.left, y.left);
        const height = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
        if (width > 1 && height > 1) found.push(`${a.id || a.className}/${a.textContent.slice(0, 20)} and ${b.id || b.className}/${b.textContent.slice(0, 20)}`);
      }
      const box = a.getBoundingClientRect();
      if (box.left < -1 || box.right > innerWidth + 1) found.push(`${a.id || a.className} leaves the window`);
    }
    return found;
  });
}

for (const size of sizes) {
  pageTest(`with letters of twice the size nothing is cut off, ${size.width}×${size.height}`, size, async (page) => {
    await untilLeader(page);
    await pause(page);
    await page.addStyleTag({ content: 'html { font-size: 200% }' });
    await frames(page, 3); // Parts that follow their size have been drawn again.
    assert.deepEqual(await cutOff(page), []);
    assert.deepEqual(await overlaps(page), []);
  });
}

pageTest('zoomed to 200 % nothing is cut off', { width: 720, height: 450, deviceScaleFactor: 2 }, async (page) => {
  await untilLeader(page);
  await pause(page);
  assert.deepEqual(await cutOff(page), []);
});

for (const size of sizes) {
  pageTest(`from right to left nothing lies over anything else, ${size.width}×${size.height}`, size, async (page) => {
    await untilLeader(page);
    await pause(page);
    assert.deepEqual(await overlaps(page), [], 'from left to right');
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await frames(page, 3);
    assert.deepEqual(await overlaps(page), [], 'from right to left');
    const log = await page.locator('.logs .scroller').evaluate((one) => getComputedStyle(one).direction);
    assert.equal(log, 'ltr', 'indexes go up to the right');
  });
}

for (const size of sizes) {
  pageTest(`a finger finds every control: 40 px, ${size.width}×${size.height}`, { ...size, hasTouch: true, isMobile: true }, async (page) => {
    await untilLeader(page);
    await pause(page);
    const small = await page.evaluate(() => {
      const found = [];
      for (const element of document.querySelectorAll('button, select, input, summary, a[href]')) {
        const box = element.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        const there = (px, py) => {
          const hit = document.elementFromPoint(px, py);
          return hit && (element.contains(hit) || hit.closest('label')?.control === element);
        };
        if (box.width < 2 || !there(x, y)) continue; // Not in sight.
        const enough = (box.height >= 40 || (there(x, y - 19) && there(x, y + 19))) && (box.width >= 40 || (there(x - 19, y) && there(x + 19, y)));
        if (!enough) found.push(`${element.id || element.className || element.tagName} “${element.textContent.slice(0, 20)}” ${Math.round(box.width)}×${Math.round(box.height)}`);
      }
      return found;
    });
    assert.deepEqual(small, []);
  });
}

pageTest('on a phone the actions leave the stage free', { width: 390, height: 844, hasTouch: true, isMobile: true }, async (page) => {
  await untilLeader(page);
  await pause(page);
  await member(page, 3).tap();
  // The sheet has all actions; when it is closed, they stand in a row.
  assert.equal(await page.locator('.action-bar').isVisible(), false);
  await page.locator('#sheet-member').getByRole('button', { name: 'Close' }).tap();
  const bar = await page.locator('.action-bar').boundingBox();
  const stage = await page.locator('.stage > svg').boundingBox();
  assert.ok(bar.y >= stage.y + stage.height - 1, 'it is below the stage');
  assert.ok(bar.x >= 0 && bar.x + bar.width <= 390);
  await page.locator('.action-bar').getByRole('button', { name: 'Crash' }).tap();
  assert.equal(await member(page, 3).getAttribute('data-role'), 'crashed');
});

pageTest('who wants less motion sees messages stand half way, and everything else as it is', { reducedMotion: 'reduce' }, async (page) => {
  await untilLeader(page);
  await pause(page);
  for (let i = 0; i < 60 && (await page.locator('[data-flight]').count()) === 0; i++) await page.keyboard.press('ArrowRight');
  // So slow that what is on its way stays there.
  await setSpeed(page, 0);
  const places = () => page.locator('[data-flight] > svg').evaluateAll((all) => all.map((one) => one.getAttribute('style')));
  const before = await places();
  assert.ok(before.length > 0);
  await play(page);
  await frames(page, 10);
  await pause(page);
  const after = await places();
  assert.ok(before.some((place) => after.includes(place)), 'they do not fly');
});

pageTest('a screen reader hears what happens, not more often than it can speak, and each step at once', {}, async (page) => {
  const heard = page.locator('.say [aria-live=polite]');
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver(() => window.heard.push(document.querySelector('.say [aria-live]').textContent))
      .observe(document.querySelector('.say [aria-live]'), { childList: true, characterData: true, subtree: true });
  });
  await setSpeed(page, speeds.real);
  await page.waitForTimeout(6_000);
  const while_playing = await page.evaluate(() => window.heard.length);
  assert.ok(while_playing >= 1 && while_playing <= 3, `${while_playing} sentences in 6 s`);
  await pause(page);
  await page.keyboard.press('c');
  await frames(page, 30);
  assert.equal(await heard.textContent(), await page.getByTestId('sentence').textContent());
});

pageTest('the stage is a described picture whose members are buttons', {}, async (page) => {
  const leader = await untilLeader(page);
  await pause(page);
  await page.getByRole('group', { name: /^The cluster: 5 members, infra\d leads term \d/ }).waitFor();
  const stage = page.getByRole('group', { name: /^The cluster: 5 members/ });
  assert.equal(await stage.getByRole('button', { name: /^infra\d, (follower|leader)/ }).count(), 5);
  await stage.getByRole('button', { name: new RegExp(`^infra${leader}, leader`) }).click();
  await act(page, 'Crash');
  await stage.getByRole('button', { name: new RegExp(`^infra${leader}, crashed`) }).waitFor();
});
