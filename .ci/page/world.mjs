// The page of example-world: every section and every control once.

import { address, assert, call, ended, go, inBrowser, look, open, result } from './browser.mjs';

await inBrowser(async page => {
  await open(page);
  assert.equal(await page.title(), 'Countries of the world');
  await look(page, 'start');

  // The list and its filter.
  await page.fill('#list input', 'rank');
  assert.equal(await page.locator('#list li a').count(), 1);
  await page.fill('#list input', 'nothing of the kind');
  assert.match(await page.innerText('#list ul'), /Nothing matches/);
  await page.fill('#list input', '');

  // A form: enumerations, a range, a default, a switch; JSON and back; a call.
  await page.click('#list a:has-text("rank_countries")');
  assert.match(await page.innerText('.policies'), /rate_limit\s+5\/min/);
  const [by, region, limit, ascending] = ['by', 'region', 'limit', 'ascending'].map(label =>
    page.getByLabel(label, { exact: true }),
  );
  await page.click('form.call button[type=submit]');
  assert.match(await page.innerText('.field:has(select) .fault:not([hidden])'), /value/i);
  await by.selectOption({ label: 'area' });
  await region.selectOption('Europe');
  await limit.fill('500');
  await page.click('form.call button[type=submit]');
  assert.match(await page.innerText('.fault:not([hidden])'), /Out of range/);
  await look(page, 'fault');
  await limit.fill('3');
  await ascending.selectOption('true');
  await page.click('button:text-is("Edit as JSON")');
  const text = JSON.parse(await page.getByLabel('Arguments as JSON').inputValue());
  assert.deepEqual(text, { by: 'area', region: 'Europe', limit: 3, ascending: true });
  await page.getByLabel('Arguments as JSON').fill('{"by": ');
  await page.click('button:text-is("Edit as JSON")');
  assert.match(await page.innerText('.fault:not([hidden])'), /Write a JSON object/);
  await page.getByLabel('Arguments as JSON').fill('{"by": "population", "limit": 2, "ascending": false}');
  await page.click('button:text-is("Edit as JSON")');
  assert.equal(await limit.inputValue(), '2');
  await region.selectOption('');
  await call(page);
  assert.match(await result(page), /"rank": 1[\s\S]*India/);
  await look(page, 'called');
  await wire(page);

  // With the keyboard only: the tabs of the outcome, the call.
  await page.focus('.tabs button[aria-selected=true]');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Result');
  await limit.focus();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => document.querySelector('.sections [data-section=calls] .count').textContent === '2');
  await ended(page);

  // Above the rate limit: the refusal and its reason.
  for (let count = 0; count < 4; count += 1)
    await page.click('form.call button[type=submit]:not([aria-disabled=true])');
  await page.waitForSelector('.panel .state:is(.error, .refused)');
  assert.match(await result(page), /5 (calls )?per minute|rate limit|5\/min/i);
  await look(page, 'refused');
  await page.click('button:text-is("Reset")');
  assert.equal(await limit.inputValue(), '10');
  await go(page, 'limits');
  await page.waitForFunction(() => !document.body.innerText.includes('Counting'));
  assert.match(await page.innerText('main'), /rank_countries/);
  await look(page, 'limits');

  // An error of the tool.
  await go(page, 'tools/country');
  await page.getByLabel('code', { exact: true }).fill('UK');
  await call(page, 'error');
  assert.match(await result(page), /nearest: GB/);

  // Lists of arguments.
  await go(page, 'tools/compare_countries');
  await page.getByRole('button', { name: 'Add an entry to codes' }).click();
  const entries = page.locator('.entry input');
  await entries.nth(0).fill('FR');
  await entries.nth(1).fill('DE');
  await entries.nth(2).fill('XX');
  await page.getByRole('button', { name: 'Remove an entry of codes' }).nth(2).click();
  await call(page);
  assert.match(await result(page), /Germany/);

  // Input requests, answered and declined.
  await go(page, 'tools/quiz');
  await page.click('form.call button[type=submit]');
  await page.waitForSelector('.question');
  await look(page, 'question');
  await page.locator('.question select').selectOption('Africa');
  await page.click('.question button:text-is("Accept")');
  await page.waitForSelector('.question:has-text("more people")');
  await page.locator('.question select').selectOption({ index: 1 });
  await page.click('.question button:text-is("Accept")');
  await ended(page);
  assert.match(await result(page), /"correct"/);
  await page.click('form.call button[type=submit]');
  await page.click('.question button:text-is("Decline")');
  await ended(page, 'error');
  await page.click('form.call button[type=submit]');
  await page.click('.panel button:text-is("Cancel")');
  await ended(page, 'cancelled');

  // Resources, templates with completion, prompts.
  await go(page, `resources/${encodeURIComponent('world://sources')}`);
  await page.click('button:text-is("Read")');
  await ended(page);
  await go(page, `resources/${encodeURIComponent('world://countries/{code}')}`);
  await page.getByRole('combobox', { name: 'code' }).pressSequentially('F');
  await page.waitForSelector('[role=option]');
  await look(page, 'completion');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('[role=option]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  assert.match(await page.innerText('.expanded'), /^world:\/\/countries\/[A-Z]{2}$/);
  await call(page);
  assert.match(await result(page), /alpha2/);
  await look(page, 'read');
  await go(page, 'prompts/introduction');
  await page.getByRole('combobox', { name: 'country' }).pressSequentially('Fra');
  await page.click('[role=option]:text-is("France")');
  await call(page);
  await page.click('.panel button.link');
  await page.waitForSelector('h2:has-text("world://countries/FR")');

  // Calls and clients.
  await go(page, 'calls');
  await page.click('.record >> nth=0');
  await page.waitForSelector('.panel');
  await look(page, 'calls');
  await go(page, 'connect');
  for (const client of [
    'Claude Desktop',
    'Claude Code',
    'VS Code',
    'Cursor',
    'Zed',
    'Codex CLI',
    'Gemini CLI',
    'Goose',
  ])
    await page.waitForSelector(`h3:text-is("${client}")`);
  await page.click('.snippet:has(h3:text-is("Claude Code")) button >> nth=0');
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    `claude mcp add --transport http world ${address}mcp`,
  );
  await look(page, 'connect');

  // The theme; an unknown tool; no tasks.
  await page.selectOption('#theme', 'dark');
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  await page.reload();
  await page.waitForSelector('.status.ok');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.selectOption('#theme', '');
  await go(page, 'tools/no_such_tool');
  await page.waitForSelector('.note.error');
  await go(page, 'tasks');
  assert.match(await page.innerText('main'), /no tasks/);

  // At 360 px: the list, an entry, and back.
  await page.setViewportSize({ width: 360, height: 780 });
  await go(page, 'tools');
  await page.click('#list a[href="#/tools/country"]');
  await page.click('a.back');
  await page.waitForSelector('#list a:visible');
});

/** What went over the wire, with its copies. */
async function wire(page) {
  await page.click('[role=tab]:text-is("Request")');
  const request = await page.innerText('.panel [role=tabpanel]:not([hidden])');
  assert.match(request, /"method": "tools\/call"/);
  await page.click('.panel button:text-is("Copy the message")');
  assert.equal(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())).method, 'tools/call');
  await page.click('.panel button:text-is("Copy as curl")');
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -N .*Mcp-Name: rank_countries/);
  await page.click('.panel summary:has-text("Headers of the request")');
  await page.click('[role=tab]:text-is("Answer")');
  assert.match(await page.innerText('.panel [role=tabpanel]:not([hidden])'), /HTTP 200/);
}
