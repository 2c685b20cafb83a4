#!/usr/bin/env node
// Measures what the built page (dist/) costs in Chromium, beside what a bare animated SVG scene of the same size costs in
// the same run.
//
//   node scripts/page-speed.mjs [SECONDS]
//
// Prints one JSON object per line: frames per second and milliseconds of the main thread per second, for the scene and
// for a cluster of five that plays under continuous writes, one at a time, with the processor throttled to a quarter and
// not. `main` is what the tasks of that thread took, `cpu` without what other programs took meanwhile: the same on a
// quiet machine. Then what a paused page, one in a hidden tab, one in a frame out of sight and an empty one cost; how
// long it takes until the first member is drawn; and what playing adds to the memory. SECONDS is how long each of them is watched (10).

import { embed, hide, launch, open, underWrites } from './browser.mjs';
import { serve } from './static-server.mjs';

const seconds = Number(process.argv[2] ?? 10);
const size = { width: 1440, height: 900 };

// As many moving parts as the stage of five members has while it is busy: ten links, five members with their timers,
// ten messages with trails and labels.
const scene = `<!doctype html><body style="margin:0"><svg width="1440" height="900" font-family="sans-serif" text-anchor="middle"></svg><script>
  const svg = document.querySelector('svg');
  const add = (name, attributes, parent = svg) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  const at = (i, r) => [720 + r * Math.sin(i * 1.2566), 420 - r * Math.cos(i * 1.2566)];
  const arc = (r, part) => { const a = 6.283 * part - 1.571; return 'M0 -' + r + 'A' + r + ' ' + r + ' 0 ' + (part > 0.5 ? 1 : 0) + ' 1 ' + (r * Math.cos(a)).toFixed(1) + ' ' + (r * Math.sin(a)).toFixed(1); };
  const arcs = [], flights = [];
  for (let i = 0; i < 5; i++) for (let j = 0; j < i; j++) { const [x1, y1] = at(i, 300), [x2, y2] = at(j, 300); add('line', { x1, y1, x2, y2, stroke: '#ccc' }); }
  for (let i = 0; i < 5; i++) {
    const member = add('g', { transform: 'translate(' + at(i, 300).map(Math.round).join(' ') + ')' });
    add('circle', { r: 41, fill: 'none', stroke: '#ddd', 'stroke-width': 4 }, member);
    arcs.push(add('path', { fill: 'none', stroke: '#36c', 'stroke-width': 4 }, member));
    add('circle', { r: 34, fill: '#fff', stroke: '#36c', 'stroke-width': 2.5 }, member);
    add('text', { y: 5 }, member).textContent = i + 1;
  }
  for (let i = 0; i < 10; i++) {
    const flight = add('g', {});
    const trail = add('path', { stroke: '#36c', 'stroke-width': 2 }, flight);
    add('rect', { x: -32, y: -9, width: 64, height: 18, rx: 3, fill: '#36c' }, flight);
    add('text', { y: 4, fill: '#fff', 'font-size': 11 }, flight).textContent = 'append ' + i;
    flights.push([flight, trail, at(i % 5, 300), at((i + 1 + i % 3) % 5, 300)]);
  }
  const draw = (now) => {
    arcs.forEach((one, i) => one.setAttribute('d', arc(41, (now / 3000 + i / 5) % 1)));
    flights.forEach(([flight, trail, [x1, y1], [x2, y2]], i) => {
      const part = (now / 900 + i / 10) % 1;
      flight.setAttribute('transform', 'translate(' + (x1 + (x2 - x1) * part).toFixed(1) + ' ' + (y1 + (y2 - y1) * part).toFixed(1) + ')');
      trail.setAttribute('d', 'M0 0L' + ((x1 - x2) * 0.16).toFixed(1) + ' ' + ((y1 - y2) * 0.16).toFixed(1));
    });
    if (window.moves) requestAnimationFrame(draw);
  };
  window.move = (moves) => {
    window.moves = moves;
    if (moves) requestAnimationFrame(draw);
  };
</script>`;

const print = (name, values) => console.log(JSON.stringify({ name, ...values }));
const round = (value) => Math.round(value * 10) / 10;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * What a page costs for a while: the frames that reach the screen, and milliseconds of its main thread, per second.
 * Unless `asks`, nobody asks the page for animation frames: what the browser moves without the page is not to cost it
 * anything. A page that is asked for one whenever it has drawn the last says how many came, and makes each of them.
 */
async function watch(page, cdp, rate, asks = false) {
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  await page.evaluate((asks) => {
    window.came = 0;
    window.asks = asks;
    const ask = () => {
      window.came += 1;
      if (window.asks) requestAnimationFrame(ask);
    };
    if (asks) requestAnimationFrame(ask);
  }, asks);
  await sleep(1_000);
  const ticks = await session(page, 'threadTicks');
  const busy = async () => {
    const [{ metrics }, own] = await Promise.all([cdp, ticks].map((one) => one.send('Performance.getMetrics')));
    const cpu = own.metrics.find(({ name }) => name === 'TaskDuration').value;
    return { ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])), cpu };
  };
  // Each process draws frames; those of the page are in one of them.
  const frames = new Map();
  const count = ({ value }) => {
    for (const { pid } of value.filter(({ name }) => name === 'DrawFrame')) frames.set(pid, (frames.get(pid) ?? 0) + 1);
  };
  cdp.on('Tracing.dataCollected', count);
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'] } });
  const came = () => (asks ? page.evaluate(() => window.came) : 0);
  const [before, first] = [await busy(), await came()];
  await sleep(seconds * 1_000);
  const [after, last] = [await busy(), await came()];
  await page.evaluate(() => { window.asks = false; });
  const complete = new Promise((done) => cdp.once('Tracing.tracingComplete', done));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', count);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const time = after.Timestamp - before.Timestamp;
  const part = (name) => round(((after[name] - before[name]) / time) * 1_000);
  return {
    frames: round(Math.max(0, ...frames.values()) / time),
    ...(asks && { came: round((last - first) / time) }),
    main: part('TaskDuration'),
    cpu: part('cpu'),
    script: part('ScriptDuration'),
    style: part('RecalcStyleDuration'),
    layout: part('LayoutDuration'),
    heap: after.JSHeapUsedSize,
    nodes: after.Nodes,
  };
}

/** The main thread's time of a page that nobody asks for frames. */
async function idle(cdp) {
  const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
  await sleep(1_500);
  const before = await busy();
  await sleep(seconds * 1_000);
  return round(((await busy() - before) / seconds) * 1_000);
}

async function session(page, timeDomain = 'timeTicks') {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain });
  return cdp;
}

const { url, server } = await serve();
const browser = await launch();
try {
  // The first member, from the navigation on, throttled.
  const first = [];
  for (let i = 0; i < 5; i++) {
    const context = await browser.newContext({ viewport: size });
    const page = await context.newPage();
    const cdp = await session(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector('.member')) return;
        observer.disconnect();
        requestAnimationFrame(() => { window.firstMember = performance.now(); });
      }).observe(document, { subtree: true, childList: true });
    });
    await page.goto(url);
    await page.waitForFunction(() => window.firstMember);
    first.push(Math.round(await page.evaluate(() => window.firstMember)));
    await context.close();
  }
  print('first member, 4× throttled', { ms: first.sort((a, b) => a - b)[2], runs: first });

  const bare = await (await browser.newContext({ viewport: size })).newPage();
  await bare.setContent(scene);
  const page = await open(browser, url, size);
  const [bareCdp, cdp] = [await session(bare), await session(page)];
  // 1/20: the speed at the start, at which a newcomer sees messages fly.
  await underWrites(page, 5);
  for (const [rate, asks] of [[4, false], [1, false], [4, true], [1, true]]) {
    await hide(page);
    await bare.bringToFront();
    await bare.evaluate(() => window.move(true));
    const floor = await watch(bare, bareCdp, rate, asks);
    await bare.evaluate(() => window.move(false));
    await page.bringToFront();
    await hide(page, false);
    const own = await watch(page, cdp, rate, asks);
    const how = `${rate}× throttled${asks ? ', asked for animation frames' : ''}`;
    print(`bare scene, ${how}`, floor);
    const ratio = (part) => Math.round((own[part] / floor[part]) * 100) / 100;
    print(`five members under writes, ${how}`, { ...own, ratio: ratio('main'), cpuRatio: ratio('cpu') });
  }
  await cdp.send('HeapProfiler.collectGarbage');
  const heap = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    return page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
  };
  const [heapBefore, nodesBefore] = [await heap(), await page.evaluate(() => document.querySelectorAll('*').length)];
  await sleep(seconds * 3_000);
  print('playing on, JavaScript heap and elements', {
    before: heapBefore, after: await heap(), elements: [nodesBefore, await page.evaluate(() => document.querySelectorAll('*').length)],
  });

  await page.locator('footer').getByRole('button', { name: 'Pause' }).click();
  print('paused, main thread', { msPerSecond: await idle(cdp) });
  await page.locator('footer').getByRole('button', { name: 'Play', exact: true }).click();
  // Headless Chromium draws every tab as if it were in front, so the page is told that it is not.
  await hide(page);
  print('in a tab behind another one, main thread', { msPerSecond: await idle(cdp) });
  const host = await (await browser.newContext({ viewport: size })).newPage();
  await embed(host, url);
  const hostCdp = await session(host);
  print('in a frame that is scrolled away, main thread', { msPerSecond: await idle(hostCdp) });
  const empty = await (await browser.newContext({ viewport: size })).newPage();
  await empty.setContent('<p>nothing</p>');
  print('an empty page, main thread', { msPerSecond: await idle(await session(empty)) });
} finally {
  await browser.close();
  server.close();
}
