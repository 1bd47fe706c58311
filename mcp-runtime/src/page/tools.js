// The tools: a form for the schema of each, and the panel of its call.

import { call } from './call.js';
import { blocks } from './content.js';
import { button, el, fill, fresh, note } from './dom.js';
import { form } from './form.js';
import { block, declaration } from './json.js';
import { policies } from './limits.js';
import { View } from './view.js';

const LEVELS = ['', 'debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** The section of the tools. */
export function section(page) {
  const { tools } = page;
  return {
    entries: tools.map(tool => ({
      id: tool.name,
      title: titleOf(tool),
      help: tool.description,
    })),
    detail: name => {
      const tool = tools.find(tool => tool.name === name);
      return tool ? detail(tool, page) : undefined;
    },
  };
}

const titleOf = tool => tool.title ?? tool.annotations?.title ?? tool.name;

function detail(tool, page) {
  const { client } = page;
  const place = el('div', { class: 'result-place' });
  const slot = el('div');
  let made;
  const renew = () => {
    made = form(tool.inputSchema);
    fill(slot, made.node);
    fill(tools, made.toggle);
  };
  const tools = el('div', { class: 'row end' });
  renew();
  const level = el(
    'select',
    { id: fresh('level') },
    LEVELS.map(value => el('option', { value, selected: client.logLevel === value }, value || 'none')),
  );
  level.addEventListener('change', () => {
    client.logLevel = level.value;
  });
  const run = async event => {
    event?.preventDefault();
    const submit = node.querySelector('[type=submit]');
    if (submit.ariaDisabled === 'true') return;
    const values = made.get();
    if (!values) return;
    submit.ariaDisabled = 'true';
    await call({
      client,
      place,
      method: 'tools/call',
      params: { name: tool.name, arguments: values },
      title: tool.name,
      mirrored: mirrored(tool.inputSchema, values),
      render: result => outcome(result, tool, values, page),
    });
    submit.ariaDisabled = 'false';
  };
  const onkeydown = event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run(event);
  };
  const node = el(
    'form',
    { class: 'call', novalidate: true, onsubmit: run, onkeydown },
    slot,
    el(
      'div',
      { class: 'actions' },
      el(
        'button',
        { type: 'submit', class: 'primary', title: 'Ctrl+Enter', 'aria-keyshortcuts': 'Control+Enter' },
        'Call',
      ),
      button('Reset', renew),
      tools,
      el('details', { class: 'options' }, el('summary', {}, 'Options'), options(client, level)),
    ),
  );
  return el(
    'article',
    {},
    head(tool, page),
    node,
    place,
    declaration(tool),
  );
}

/** The client capabilities of each request. */
function options(client, level) {
  const box = (name, words) => {
    const input = el('input', {
      type: 'checkbox',
      checked: client.offers[name],
      onchange: () => {
        client.offers[name] = input.checked;
      },
    });
    return el('label', { class: 'box' }, input, words);
  };
  return el(
    'div',
    { class: 'options-body' },
    el('label', { for: level.id }, 'Log messages from'),
    level,
    el(
      'fieldset',
      {},
      el('legend', {}, 'The page offers'),
      box('elicitation', 'answers of a person'),
      box('sampling', 'answers in place of a model'),
      box('roots', 'roots'),
      box('tasks', 'to wait for tasks'),
    ),
  );
}

function head(tool, page) {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations ?? {};
  const badges = [
    readOnlyHint ? 'read only' : 'may change things',
    !readOnlyHint && destructiveHint !== false && 'may destroy',
    idempotentHint && 'idempotent',
    openWorldHint === false ? 'closed world' : undefined,
    tool._meta?.ui?.resourceUri && 'has a view',
  ];
  return el(
    'header',
    {},
    el('h2', {}, titleOf(tool)),
    el(
      'p',
      { class: 'name' },
      titleOf(tool) !== tool.name && el('code', {}, tool.name),
      badges.filter(Boolean).map(words => el('span', { class: 'badge' }, words)),
    ),
    tool.description ? el('p', { class: 'description' }, tool.description) : note('It has no description.'),
    policies(page, 'tools', tool.name),
  );
}

/** Returns the arguments to repeat in headers (`x-mcp-header`), by header name. */
function mirrored(schema, values, found = {}) {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    const value = values?.[name];
    if (value === undefined || value === null) continue;
    if (typeof property['x-mcp-header'] === 'string') found[property['x-mcp-header']] = value;
    else if (property.properties) mirrored(property, value, found);
  }
  return found;
}

function outcome(result, tool, values, page) {
  const nodes = blocks(result.content, page.open);
  if ('structuredContent' in result)
    nodes.unshift(
      el(
        'div',
        { class: 'content' },
        el('h3', { class: 'minor' }, 'Structured result'),
        block(result.structuredContent, 'Structured result'),
      ),
    );
  const uri = tool._meta?.ui?.resourceUri;
  if (uri) nodes.unshift(new View({ page, uri, tool, values, result }).node);
  if (nodes.length > 1 && 'structuredContent' in result && isRepeated(result)) nodes.pop();
  if (result._meta) nodes.push(el('details', {}, el('summary', {}, 'Metadata'), block(result._meta, 'Metadata')));
  return nodes;
}

/** Returns whether the text block repeats the structured result. */
function isRepeated({ content, structuredContent }) {
  try {
    return (
      content?.length === 1 &&
      content[0].type === 'text' &&
      JSON.stringify(JSON.parse(content[0].text)) === JSON.stringify(structuredContent)
    );
  } catch {
    return false;
  }
}
