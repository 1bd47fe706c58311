// The page during a restart of its server, as after a rebuild: it reports the lost connection, and reconnects.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { address, assert, inBrowser, look, open } from './browser.mjs';

const [, , , server] = process.argv;

/** Starts the server at the address of the page, and waits until it listens. */
async function start() {
  const child = spawn(server, ['http', '--bind', new URL(address).host, '--page'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(child.stderr, 'data');
  return child;
}

let child = await start();
try {
  await inBrowser(async page => {
    await open(page, 'tools/work');
    await page.getByLabel('steps', { exact: true }).fill('2');
    await page.waitForTimeout(300);
    child.kill('SIGKILL');
    await page.waitForSelector('.status.error:has-text("Connection lost")');
    await page.click('form.call button[type=submit]');
    await page.waitForSelector('.panel .state.failed');
    await look(page, 'lost');
    child = await start();
    await page.waitForSelector('.status.ok');
    assert.equal(await page.getByLabel('steps', { exact: true }).inputValue(), '2');
    await page.click('form.call button[type=submit]');
    await page.waitForSelector('.panel .state.ok');
  }, /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE/);
} finally {
  child.kill('SIGKILL');
}
