// A browser page for the checks: every error is reported, and every view is checked for accessibility.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const cache = path.resolve(process.env.PAGE_CACHE);
const require = createRequire(`${cache}/`);
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const sources = path.resolve(import.meta.dirname, '../../mcp-runtime/src/page');
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 360, height: 780 };

export const address = process.argv[2];

/** Runs `check` in a new browser, and fails on errors of the page. `expected` are errors that belong to it. */
export async function inBrowser(check, expected = /Failed to load resource/) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: flags });
  const context = await browser.newContext({ viewport: WIDE });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors = [];
  page.on('pageerror', error => errors.push(error.stack));
  page.on('console', message => {
    if (message.type() === 'error' && !expected.test(message.text())) errors.push(message.text());
  });
  const elsewhere = [];
  page.on('request', request => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(address).origin)
      elsewhere.push(request.url());
  });
  if (process.env.PAGE_FROM_DISK) await fromDisk(page);
  try {
    await check(page);
    assert.deepEqual(errors, []);
    assert.deepEqual(elsewhere, [], 'requests to other origins');
  } catch (error) {
    await page.screenshot({ path: `${cache}/failed.png` });
    console.error(errors.join('\n'));
    throw error;
  } finally {
    await browser.close();
  }
}

/** Takes the files of the page from the working copy, with the headers of the server's. */
async function fromDisk(page) {
  await page.route(
    url => url.pathname === '/' || url.pathname.startsWith('/page/'),
    async route => {
      const name = new URL(route.request().url()).pathname.replace(/^\/page\//, '').replace(/^\/$/, 'page.html');
      const file = `${sources}/${name}`;
      if (!fs.existsSync(file)) return route.continue();
      const response = await route.fetch();
      // A new file is not among those that the server was compiled with.
      const known = response.ok() ? { response } : { contentType: 'text/javascript' };
      return route.fulfill({ ...known, body: fs.readFileSync(file) });
    },
  );
}

/** Opens a place of the page, and waits until it is connected. */
export async function open(page, place = '') {
  await page.goto('about:blank');
  await page.goto(`${address}${place && `#/${place}`}`);
  await page.waitForSelector('.status.ok');
}

/** The same in an open page. */
export const go = (page, place) =>
  page.evaluate(place => {
    location.hash = `#/${place}`;
  }, place);

/** Looks at what is there in light, in dark and at 360 px: no rule is broken, nothing is wider than
 * the screen, and the tab of the section is visible. */
export async function look(page, name) {
  for (const [kind, scheme, viewport] of [
    ['light', 'light', WIDE],
    ['dark', 'dark', WIDE],
    ['narrow', 'light', NARROW],
    ['narrow-dark', 'dark', NARROW],
  ]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(viewport);
    await page.waitForTimeout(60);
    await page.screenshot({ path: `${cache}/${name}-${kind}.png` });
    await accessible(page, `${name}, ${kind}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name}, ${kind}: ${overflow} px too wide`);
    const tab = await page.evaluate(() => {
      const { left, right } = document.querySelector('#sections [aria-current]')?.getBoundingClientRect() ?? {};
      return left === undefined || (left >= 0 && right <= innerWidth);
    });
    assert.ok(tab, `${name}, ${kind}: the tab of the section is out of sight`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
}

async function accessible(page, name) {
  const violations = await page.evaluate(async source => {
    if (!window.axe) (0, eval)(source);
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      iframes: false,
    });
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(node => `${node.target} ${node.failureSummary}`)
          .slice(0, 4)
          .join(' | ')}`,
    );
  }, axe);
  assert.deepEqual(violations, [], name);
}

/** Submits the form of the call, and waits for its end. */
export async function call(page, kind = 'ok') {
  await page.click('form.call button[type=submit]');
  await ended(page, kind);
}

/** Waits for the end of the call. */
export const ended = (page, kind = 'ok') => page.waitForSelector(`.panel .state.${kind}`);

/** The text of the result. */
export const result = page => page.innerText('.panel [role=tabpanel]:not([hidden])');

export { assert };
