// The page of the showcase: every form of argument and kind of input request, views, tasks, progress, logs, and texts
// that would run scripts if inserted as HTML.

import { assert, call, ended, go, inBrowser, look, open, result } from './browser.mjs';

const unharmed = async page => assert.notEqual(await page.title(), 'broken');

/** Calls the tool that says that the note has changed, as another client would. */
const fetchTouch = page =>
  page.evaluate(() => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    return fetch('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'touch',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'touch', arguments: {}, _meta: meta },
      }),
    }).then(response => response.status);
  });

// The content security policy of a view blocks the request to example.com, which the browser reports.
await inBrowser(async page => {
  await open(page);
  await unharmed(page);
  await look(page, 'hostile-start');

  await theParts(page);
  await everyForm(page);
  await everyQuestion(page);
  await progressAndLogs(page);
  await aTask(page);
  await aView(page);

  // Hostile content is shown as text; an invalid link is not a link.
  await go(page, 'tools/hostile');
  await call(page);
  assert.match(await result(page), /<img src=x onerror=/);
  await look(page, 'hostile');
  await unharmed(page);
  assert.equal(await page.locator('main img, main script, main a[href^=javascript]').count(), 0);
  await page.click('.panel button:has-text("A note")');
  await page.click('button:text-is("Read")');
  await ended(page);
  await unharmed(page);

  // A watched resource is read again when it changes.
  await page.click('button:text-is("Watch")');
  await page.waitForTimeout(300);
  const calls = () => page.innerText('.sections [data-section=calls] .count');
  const before = Number(await calls());
  await fetchTouch(page);
  await page.waitForFunction(
    count => Number(document.querySelector('.sections [data-section=calls] .count').textContent) > count,
    before,
  );
  await page.click('button:text-is("Watched: stop")');

  // An image; a refusal of the rate limit.
  await go(page, `resources/${encodeURIComponent('show://pixel')}`);
  await page.click('button:text-is("Read")');
  await page.waitForFunction(() => document.querySelector('.panel img')?.naturalWidth === 1);
  await go(page, 'tools/rare');
  await call(page);
  await page.click('form.call button[type=submit]:not([aria-disabled=true])');
  await page.waitForSelector('.panel .state:is(.error, .refused)');
  await go(page, 'limits');
  await page.waitForFunction(() => !document.body.innerText.includes('Counting'));
  assert.match(await page.innerText('main'), /rare/);

  // A template with two variables.
  await go(page, `resources/${encodeURIComponent('show://books/{book}/{page}')}`);
  await page.getByLabel('book', { exact: true }).pressSequentially('M');
  await page.click('[role=option]:text-is("Moby-Dick")');
  await page.getByLabel('page', { exact: true }).fill('7');
  await call(page);
  assert.match(await result(page), /Moby-Dick, page 7/);
}, /Failed to load resource|example\.com/);

// Inserting text as HTML is blocked, which the browser reports.
await inBrowser(async page => {
  await open(page);
  const put = page.evaluate(() => {
    document.querySelector('main').innerHTML = '<b>text</b>';
  });
  await assert.rejects(put, /TrustedHTML/);
}, /Failed to load resource|TrustedHTML/);

/** The parts of the page that read what others have written. */
async function theParts(page) {
  const parts = await page.evaluate(async () => {
    const [{ policy }, { expand, variables }, { events }, { parse, pretty }, { resolved, withoutNull }] =
      await Promise.all(['view', 'uri', 'sse', 'json', 'schema'].map(name => import(`/page/${name}.js`)));
    const data = [];
    const chunks = ['data: o', 'ne\r', '\n\r\ndata:two\ndata: three\n\n: silence\n\nevent: x\ndata: fo', 'ur\n\n'];
    for await (const event of events(new Blob(chunks).stream())) data.push(event);
    const values = { var: 'value', hello: 'Hello World!', path: '/foo/bar', x: '1024', y: '768' };
    const templates = [
      '{var}',
      '{hello}',
      '{+hello}',
      '{+path}/here',
      '{#x,hello,y}',
      'X{.var}',
      '{/var,x}/here',
      '{;x,y}',
      '{?x,y}',
      '?fixed=yes{&x}',
      '{var:3}',
      '{?undef}',
    ];
    const loop = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } };
    return {
      data,
      expanded: templates.map(template => expand(template, values)),
      variables: variables('a{b,c}/{+d*}{?b:3}'),
      number: pretty(parse('{"a":9007199254740993,"b":1.5}')),
      loop: resolved(loop, loop).unreadable,
      nullable: withoutNull({ anyOf: [{ type: 'string' }, { type: 'null' }] }, {}),
      policy: policy({
        connectDomains: [
          'https://a.example',
          'https://b.example; script-src *',
          '"><script>',
          'https://*.c.example:8443',
          'javascript:x',
        ],
      }),
    };
  });
  assert.deepEqual(parts.data, ['one', 'two\nthree', 'four']);
  assert.deepEqual(parts.expanded, [
    'value',
    'Hello%20World%21',
    'Hello%20World!',
    '/foo/bar/here',
    '#1024,Hello%20World!,768',
    'X.value',
    '/value/1024/here',
    ';x=1024;y=768',
    '?x=1024&y=768',
    '?fixed=yes&x=1024',
    'val',
    '',
  ]);
  assert.deepEqual(parts.variables, ['b', 'c', 'd']);
  assert.match(parts.number, /9007199254740993/);
  assert.equal(parts.loop, true);
  assert.deepEqual(parts.nullable, { schema: { type: 'string' }, isNullable: true });
  assert.match(parts.policy, /connect-src https:\/\/a\.example https:\/\/\*\.c\.example:8443; frame-src 'none'/);
}

async function everyForm(page) {
  await go(page, 'tools/plan');
  const field = name => page.getByLabel(name, { exact: true });
  await field('title').fill('To');
  await page.click('form.call button[type=submit]');
  assert.match(await page.innerText('.fault:not([hidden])'), /at least 3/);
  await field('title').fill('To the sea');
  await field('vehicle').selectOption({ index: 2 });
  await field('name').fill('Ann');
  await field('age').fill('41');
  if ((await page.locator('.entry').count()) === 0)
    await page.getByRole('button', { name: 'Add an entry to stops' }).click();
  await field('city').fill('Ghent');
  await field('nights').fill('2');
  await page.getByLabel('Form').selectOption({ index: 2 });
  await field('days').fill('14');
  await field('number').fill('9007199254740993');
  await field('both_ways').selectOption('true');
  await page.getByRole('button', { name: 'Add an entry to remarks' }).click();
  await field('key').fill('food');
  await page.locator('.entry').last().getByLabel('value', { exact: true }).fill('none');
  await look(page, 'form');
  await call(page);
  assert.match(
    await result(page),
    /To the sea: Ann \(41\) by boat via Ghent for 2 nights, 99.5 euros paid by invoice in 14 days, both ways true|false/,
  );
  assert.match(await result(page), /invoice in 14 days/);
  assert.match(await result(page), /9007199254740993/);
  assert.match(await result(page), /1 remarks/);
}

async function everyQuestion(page) {
  await go(page, 'tools/interview');
  await page.click('form.call button[type=submit]');
  const field = name => page.locator('.question').getByLabel(name, { exact: true });
  await page.waitForSelector('.question');
  await page.click('.question button:text-is("Accept")');
  assert.ok((await page.locator('.question .fault:not([hidden])').count()) >= 3);
  await field('name').fill('Ann');
  await field('email').fill('no address');
  await field('meal').selectOption({ index: 1 });
  await field('Saturday').check();
  await page.click('.question button:text-is("Accept")');
  assert.match(await page.innerText('.question .fault:not([hidden])'), /@|email/i);
  await look(page, 'question-form');
  await field('email').fill('ann@example.com');
  assert.equal(await field('age').inputValue(), '30');
  await page.click('.question button:text-is("Accept")');
  await page.waitForSelector('.question:has-text("sign.example.com")');
  assert.equal(await page.getAttribute('.question a', 'rel'), 'noopener noreferrer');
  await look(page, 'question-url');
  await page.click('.question button:text-is("I have visited it")');
  await page.waitForSelector('.question:has-text("Greet the visitor.")');
  await field('The answer of the model').fill('Hello, Ann!');
  await look(page, 'question-model');
  await page.click('.question button:text-is("Answer")');
  await page.waitForSelector('.question:has-text("roots")');
  const roots = page.locator('.question textarea');
  await roots.fill('/home');
  await page.click('.question button:text-is("Answer")');
  assert.match(await page.innerText('.question .fault:not([hidden])'), /not a file:/);
  await roots.fill('file:///home/ann\nfile:///srv');
  await page.click('.question button:text-is("Answer")');
  await ended(page);
  assert.match(await result(page), /Ann <ann@example.com>, 30, news true, Fish, \[Saturday\], Hello, Ann!, 2 roots/);

  // A client without the capability is refused; a user can decline.
  await page.click('summary:text-is("Options")');
  await page.getByLabel('answers of a person').uncheck();
  await page.click('form.call button[type=submit]:not([aria-disabled=true])');
  await page.waitForSelector('.panel .state:is(.error, .refused)');
  await look(page, 'incapable');
  await page.getByLabel('answers of a person').check();
  await page.click('form.call button[type=submit]:not([aria-disabled=true])');
  await page.click('.question button:text-is("Dismiss")');
  await ended(page, 'error');
}

async function progressAndLogs(page) {
  await go(page, 'tools/work');
  await page.click('summary:text-is("Options")');
  await page.getByLabel('Log messages from').selectOption('info');
  await page.getByLabel('steps', { exact: true }).fill('600');
  await page.click('form.call button[type=submit]');
  await page.waitForSelector('.panel progress');
  await page.waitForSelector('.logs div:has-text("step 3")');
  await look(page, 'progress');
  await page.click('.panel button:text-is("Cancel")');
  await ended(page, 'cancelled');
  await page.getByLabel('steps', { exact: true }).fill('3');
  await call(page);
  assert.match(await page.innerText('.logs'), /3 of 3 working/);
  await page.click('[role=tab]:text-is("Answer")');
  assert.match(await page.innerText('.panel [role=tabpanel]:not([hidden])'), /6 notifications/);
}

async function aTask(page) {
  await go(page, 'tools/errand');
  await page.click('form.call button[type=submit]');
  await page.waitForSelector('.panel .state.task');
  await page.waitForSelector('.question');
  await page.locator('.question select').selectOption({ label: 'true' });
  await page.click('.question button:text-is("Accept")');
  await ended(page);
  assert.match(await result(page), /went on: true/);
  await page.click('form.call button[type=submit]:not([aria-disabled=true])');
  await page.waitForSelector('.panel .state.task');
  await page.click('.panel button:text-is("Cancel")');
  await ended(page, 'cancelled');
  await go(page, 'tasks');
  await page.click('main li button:text-is("Look") >> nth=1');
  await page.waitForSelector('main pre:has-text("completed")');
  await look(page, 'tasks');
  await page.getByLabel('Task id').fill('no-such-task');
  await page.click('button:text-is("Look it up")');
  await page.waitForSelector('main .note.error');
  await page.click('button:text-is("Cancel it")');
  await page.waitForSelector('main .note.error');
}

async function aView(page) {
  await go(page, 'tools/wares');
  await call(page);
  const view = page.frameLocator('.view iframe');
  await view.locator('li:text-is("pear")').waitFor();
  assert.equal(await view.locator('#confined').textContent(), 'refused refused refused');
  await view.locator('#again').click();
  await view.locator('#again:text-is("Again: done")').waitFor();
  await look(page, 'view');
}
