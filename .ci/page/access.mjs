// The page of a server that authenticates callers: without a token, with an invalid one, and with a valid one.

import { address, assert, go, inBrowser, look } from './browser.mjs';

await inBrowser(async page => {
  await page.goto(address);
  await page.waitForSelector('.status.error');
  assert.match(await page.innerText('main'), /Authentication is required/);
  await look(page, 'token');
  await page.fill('#token', 'wrong');
  await page.click('#access-panel button');
  await page.waitForSelector('#access-panel:not([hidden])');
  await page.fill('#token', 'a-key-that-is-long-enough-0123456789');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.status.ok');
  await page.click('#access');
  await page.waitForSelector('#access-panel:not([hidden])');
  await page.click('#access');
  await page.reload();
  await page.waitForSelector('.status.ok');
  await go(page, 'tools/rare');
  await page.click('form.call button[type=submit]');
  await page.waitForSelector('.panel .state.ok');
  await page.click('[role=tab]:text-is("Request")');
  assert.doesNotMatch(await page.innerText('body'), /long-enough/);
  await go(page, 'limits');
  await page.waitForSelector('h3:text-is("The server")');
});
