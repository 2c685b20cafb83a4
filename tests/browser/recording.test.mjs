// Runs that come and go: links, files, what the browser keeps; and the states of the page around them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { clock, member, newCluster, pause, play, roles, setSpeed, speeds, steps, untilLeader } from './quorum.mjs';
import { pageTest } from './support.mjs';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
  { width: 800, height: 500 },
];

/** What there is to see of the run. */
async function seen(page) {
  return [await steps(page), await clock(page), (await roles(page)).join(), await page.getByTestId('seed').textContent()];
}

/** A run with a crash in it, paused. */
async function something(page) {
  await untilLeader(page);
  await member(page, 2).click();
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  await pause(page);
}

async function share(page) {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  return page.getByLabel('Link to this run').inputValue();
}

/** The text of the dialog that says why something could not be opened. */
async function trouble(page) {
  const dialog = page.getByRole('alertdialog');
  await dialog.waitFor();
  return dialog.locator('#trouble-text').textContent();
}

/** Chooses a file with this text. */
async function openFile(page, text) {
  if (await page.getByRole('region', { name: 'Share' }).count() === 0) await share(page);
  await page.locator('.share input[type=file]').setInputFiles({ name: 'run.quorum', mimeType: 'text/plain', buffer: Buffer.from(text) });
}

for (const size of sizes) {
  for (const theme of ['light', 'dark']) {
    pageTest(`share copies a link and says how long it is, ${size.width}×${size.height}, ${theme}`,
      { ...size, theme, permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
        await something(page);
        const link = await share(page);
        assert.match(link, /^http.*#r=[\w-]+$/);
        assert.equal(await page.getByTestId('link-length').textContent(), `${link.length} characters`);
        await page.getByText('Copied.').waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
        const panel = await page.getByRole('region', { name: 'Share' }).boundingBox();
        assert.ok(panel.x >= 0 && panel.x + panel.width <= size.width, 'the panel is in the window');
        await page.keyboard.press('Escape');
        assert.equal(await page.getByRole('region', { name: 'Share' }).count(), 0);
      });
  }
}

pageTest('a link opens the run on load, and is taken out of the address', {}, async (page) => {
  await something(page);
  const [link, before] = [await share(page), await seen(page)];
  const other = await page.context().newPage();
  await other.goto(link);
  await other.getByText('Opened: a run of').waitFor();
  assert.deepEqual(await seen(other), before);
  assert.equal(await other.evaluate(() => location.hash), '');
  await other.close();
});

pageTest('a link that is typed into the address of the open page opens too', {}, async (page) => {
  await something(page);
  const [link, before] = [await share(page), await seen(page)];
  await newCluster(page, 3, 99);
  await page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
  await page.getByText('Opened: a run of').waitFor();
  assert.deepEqual(await seen(page), before);
});

pageTest('a damaged, a foreign and an empty link are refused with a reason, and the run stays', {}, async (page) => {
  await something(page);
  const [link, before] = [await share(page), await seen(page)];
  await page.keyboard.press('Escape');
  const code = new URL(link).hash.slice(3);
  const middle = code.length >> 1;
  const damaged = code.slice(0, middle) + (code[middle] === 'A' ? 'B' : 'A') + code.slice(middle + 1);
  const expected = [[`r=${damaged}`, /damaged/], ['r=hello%20world', /not a recording/], ['r=', /damaged/], ['r=AAAAAAAA', /damaged/]];
  for (const [hash, reason] of expected) {
    await page.evaluate((text) => { location.hash = text; }, hash);
    assert.match(await trouble(page), reason);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
    assert.deepEqual(await seen(page), before);
  }
});

pageTest('a file is saved, and opens again with all branches', {}, async (page) => {
  await something(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('1');
  await page.keyboard.press('c');
  const before = await seen(page);
  await share(page);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  const download = await saving;
  assert.match(download.suggestedFilename(), /\.quorum$/);
  const file = path.join(os.tmpdir(), `quorum-${process.pid}.quorum`);
  await download.saveAs(file);
  const text = await readFile(file, 'utf8');
  assert.match(text, /^quorum recording, version 1\n/);
  await page.keyboard.press('Escape');
  await newCluster(page, 3, 5);
  await openFile(page, text);
  await page.getByText('Opened: a run of').waitFor();
  assert.deepEqual(await seen(page), before);
  assert.equal(await page.locator('.tl-branch').count(), 2);
});

pageTest('a file that is dropped on the page opens', {}, async (page) => {
  await something(page);
  const before = await seen(page);
  const code = new URL(await share(page)).hash;
  await page.keyboard.press('Escape');
  await newCluster(page, 3, 5);
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'run.quorum'));
    return transfer;
  }, code);
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await page.getByText('Opened: a run of').waitFor();
  assert.deepEqual(await seen(page), before);
});

pageTest('hostile files are refused with a reason, and the run stays', {}, async (page) => {
  await something(page);
  const before = await seen(page);
  const bad = [
    ['', /nothing to open/],
    ['a picture of a cat', /not a recording/],
    ['{"format":"something else","version":1}', /not a recording/],
    ['quorum recording\n\n#r=_y7XKWs', /newer version/],
    // Three members each: an end after 9·10^15 steps, an end that is never there, and a member that is restarted at once.
    ['AgYIBxICCAMPMICA6te8rv4POICU69wDF8HeGA', /too long/],
    ['AgYIBxICCAMEMAU4AXgtdQw', /does not fit/],
    ['AgYIBxICCAMIKAEwHjjIrxICOAG4bGFJ', /impossible/],
    ['AgYIBxICCAMIKAEwHjjIrxICOAG4bGF', /damaged/],
    [`${'['.repeat(200_000)}`, /not a recording/],
    ['x'.repeat(17 * 1024 * 1024), /too long/],
  ];
  for (const [text, reason] of bad) {
    await openFile(page, text);
    assert.match(await trouble(page), reason, text.slice(0, 80));
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
  }
  assert.deepEqual(await seen(page), before);
});

pageTest('a long run is opened in slices with progress, and can be cancelled', {}, async (page) => {
  await pause(page);
  const before = await seen(page);
  // Five idle members for a hundred simulated hours and five million steps. It does not really end there, so it ends in a
  // refusal unless it is cancelled.
  const long = 'AgQIBxIADDDAlrECOICgsI29CtvKXAo';
  await openFile(page, long);
  const dialog = page.getByRole('dialog', { name: 'Opening the run' });
  await dialog.waitFor();
  const bar = dialog.getByRole('progressbar');
  const first = Number(await bar.getAttribute('value'));
  await page.waitForFunction((from) => Number(document.querySelector('dialog progress').getAttribute('value')) > from, first);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled.').waitFor();
  assert.deepEqual(await seen(page), before);
});

pageTest('the run before can be had back', {}, async (page) => {
  await something(page);
  const before = await seen(page);
  await newCluster(page, 3, 5);
  await pause(page);
  await share(page);
  await page.getByRole('button', { name: 'Back to the run before' }).click();
  await page.locator('.member').nth(4).waitFor();
  assert.deepEqual(await seen(page), before);
});

pageTest('a reload continues where the run was: place, branches, pause and speed', {}, async (page) => {
  await something(page);
  await setSpeed(page, speeds.real);
  await page.keyboard.press('Home');
  await page.keyboard.press('e');
  await page.keyboard.press('1');
  await page.keyboard.press('c');
  for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight');
  const before = await seen(page);
  await page.reload();
  await page.locator('.tl-branch').nth(1).waitFor();
  await page.locator('.member').nth(4).waitFor();
  assert.deepEqual(await seen(page), before);
  assert.equal(await page.getByTestId('speed').textContent(), '1×');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await play(page);
  await page.waitForFunction((from) => Number.parseFloat(document.querySelector('[data-testid=clock]').textContent) > from + 0.2, before[1]);
  await page.reload();
  await page.locator('footer').getByRole('button', { name: 'Pause' }).waitFor();
  assert.ok((await clock(page)) >= before[1] + 0.2, 'it goes on where it was');
});

pageTest('what was done a moment ago survives a tab that crashes', {}, async (page) => {
  await something(page);
  const kept = await page.evaluate(() => [sessionStorage.getItem('quorum.run'), localStorage.getItem('quorum.run')]);
  assert.ok(kept[0] && kept[0] === kept[1]);
  const next = await page.context().newPage();
  await next.goto(page.url());
  await next.locator('.member').nth(4).waitFor();
  assert.equal((await roles(next))[1], 'crashed');
  await next.close();
});

pageTest('a kept run that cannot be opened says so and can be saved', {}, async (page) => {
  await pause(page);
  await page.evaluate(() => {
    addEventListener('pagehide', () => {
      for (const store of [sessionStorage, localStorage]) store.setItem('quorum.run', 'damaged-by-somebody');
    });
  });
  await page.reload();
  assert.match(await trouble(page), /last visit.*(damaged|not a recording)/);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save it as a file' }).click();
  const file = path.join(os.tmpdir(), `quorum-kept-${process.pid}.quorum`);
  await (await saving).saveAs(file);
  assert.equal(await readFile(file, 'utf8'), 'damaged-by-somebody');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
  await page.locator('.member').nth(4).waitFor();
});

pageTest('a program that breaks says so and offers the run', {}, async (page) => {
  await something(page);
  await page.evaluate(() => {
    const error = new WebAssembly.RuntimeError('unreachable');
    dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
  });
  const dialog = page.getByRole('dialog', { name: 'Quorum broke' });
  await dialog.waitFor();
  const saving = page.waitForEvent('download');
  await dialog.getByText('Save the run as a file').click();
  const file = path.join(os.tmpdir(), `quorum-broken-${process.pid}.quorum`);
  await (await saving).saveAs(file);
  const before = await seen(page);
  const text = await readFile(file, 'utf8');
  await dialog.getByRole('button', { name: 'Start anew' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.member:not([data-role=crashed])').length === 5);
  await pause(page);
  await openFile(page, text);
  await page.getByText('Opened: a run of').waitFor();
  assert.equal((await seen(page))[2], before[2], 'the saved file holds the run');
});

pageTest('other errors do not claim that the program broke', {}, async (page) => {
  await page.evaluate(() => dispatchEvent(new ErrorEvent('error', { error: new TypeError('of an extension') })));
  assert.equal(await page.getByRole('dialog').count(), 0);
});

for (const size of sizes) {
  pageTest(`the first visit has a running cluster and three hints, never again after, ${size.width}×${size.height}`,
    { ...size, firstVisit: true }, async (page) => {
      const hints = page.getByRole('complementary', { name: 'Three hints' });
      await hints.waitFor();
      assert.equal(await hints.getByRole('listitem').count(), 3);
      await page.locator('footer').getByRole('button', { name: 'Pause' }).waitFor();
      const box = await hints.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height);
      const stage = await page.locator('.stage').boundingBox();
      if (await page.locator('#left').count()) assert.ok(box.x + box.width <= stage.x, 'where there is room beside the stage, they are not on it');
      await hints.getByRole('button', { name: 'Got it' }).click();
      assert.equal(await hints.count(), 0);
      await page.reload();
      await page.locator('.member').first().waitFor();
      assert.equal(await hints.count(), 0);
    });
}

pageTest('a link opens in a frame of another page, at its moment, and no hint covers it', { firstVisit: true }, async (page) => {
  await page.getByRole('button', { name: 'Got it' }).click();
  await something(page);
  const [link, before] = [await share(page), await seen(page)];
  const context = await page.context().browser().newContext();
  const host = await context.newPage();
  await host.setContent(`<h1>A course</h1><iframe src="${link}" width="800" height="500"></iframe>`);
  const frame = host.frameLocator('iframe');
  await frame.getByRole('button', { name: 'Play', exact: true }).waitFor();
  assert.equal(await frame.getByTestId('seed').textContent(), before[3]);
  assert.equal(await frame.locator('.member[data-role=crashed]').count(), 1);
  assert.equal(await frame.locator('.hints').count(), 0);
  await context.close();
});

pageTest('while the program is loaded, its progress is shown; and that it could not be', {}, async (page) => {
  const texts = [];
  await page.exposeFunction('noteLoading', (text) => texts.push(text));
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const bar = document.querySelector('.loading progress');
      if (bar?.max > 1) window.noteLoading(`${bar.value} of ${bar.max}`);
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const program = page.waitForResponse(/\.wasm$/);
  await page.reload();
  await page.locator('.member').first().waitFor();
  const { length } = await (await program).body();
  assert.ok(texts.length > 0 && texts.every((text) => new RegExp(`^\\d+ of ${length}$`).test(text)), `${texts} of ${length}`);
  await page.route('**/*.wasm', (route) => route.abort());
  await page.reload();
  await page.getByRole('alert').filter({ hasText: 'could not be loaded' }).waitFor();
  page.problems.length = 0; // The request that failed is what is tested.
});
