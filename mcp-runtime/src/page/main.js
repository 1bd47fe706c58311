// The page: connects, lists what the server has, and shows the section and the entry that the address names.

import * as calls from './calls.js';
import { Client, TASKS, reason } from './client.js';
import * as connect from './connect.js';
import { button, el, fill, fresh, note } from './dom.js';
import { history } from './history.js';
import * as limits from './limits.js';
import { Listener } from './listen.js';
import * as prompts from './prompts.js';
import * as resources from './resources.js';
import * as tasks from './tasks.js';
import * as tools from './tools.js';

const SECTIONS = [
  ['tools', 'Tools', tools, page => page.tools.length],
  ['resources', 'Resources', resources, page => page.resources.length + page.templates.length],
  ['prompts', 'Prompts', prompts, page => page.prompts.length],
  ['tasks', 'Tasks', tasks],
  ['calls', 'Calls', calls, () => history.entries.length],
  ['limits', 'Limits', limits],
  ['connect', 'Connect', connect],
];

const $ = id => document.getElementById(id);
const client = new Client(new URL('mcp', document.baseURI).href);
const page = { client, info: {}, has: {}, tools: [], resources: [], templates: [], prompts: [], limits: undefined, listener: undefined,
  open: uri => { location.hash = address('resources', uri); },
  completing(ref, name, values) {
    if (!page.has.completions) return undefined;
    return async (typed, signal) => {
      const others = Object.fromEntries(Object.entries(values()).filter(([other, value]) => other !== name && value));
      const result = await client.result('completion/complete', { ref, argument: { name, value: typed }, context: { arguments: others } }, { signal });
      return result.completion?.values ?? [];
    };
  } };

const address = (section, entry) => `#/${section}${entry === undefined ? '' : `/${encodeURIComponent(entry)}`}`;

function where() {
  const [, section = 'tools', entry] = location.hash.split('/');
  try {
    return { section, entry: entry && decodeURIComponent(entry) };
  } catch {
    return { section };
  }
}

/** Reads what the server is and has. */
async function load() {
  status('Connecting…', 'loading');
  const exchange = await client.send('server/discover');
  const found = exchange.answer?.result;
  if (!found) return failed(exchange);
  const { capabilities = {} } = found;
  page.info = found._meta?.['io.modelcontextprotocol/serverInfo'] ?? {};
  page.instructions = found.instructions;
  page.capabilities = capabilities;
  page.versions = found.supportedVersions ?? [];
  page.has = { completions: 'completions' in capabilities, tasks: TASKS in (capabilities.extensions ?? {}), subscribe: capabilities.resources?.subscribe, tools: capabilities.tools?.listChanged, prompts: capabilities.prompts?.listChanged, resources: capabilities.resources?.listChanged };
  try {
    await lists(capabilities);
  } catch (error) {
    return failed(error.exchange ?? { failure: error.message });
  }
  page.listener?.close();
  page.listener = new Listener(client, page.has, changed);
  const { name = 'MCP server', title, version = '' } = page.info;
  $('server-name').textContent = document.title = title ?? name;
  $('server-version').textContent = `${title ? `${name} ` : ''}${version}`;
  status('Connected', 'ok');
  return show();
}

async function lists(capabilities) {
  const all = (has, method, member) => (has ? client.all(method, member) : []);
  [page.tools, page.resources, page.templates, page.prompts, page.limits] = await Promise.all([
    all(capabilities.tools, 'tools/list', 'tools'), all(capabilities.resources, 'resources/list', 'resources'),
    all(capabilities.resources, 'resources/templates/list', 'resourceTemplates'), all(capabilities.prompts, 'prompts/list', 'prompts'), limits.read(client.token),
  ]);
}

/** A list has changed: the lists are read again, and what is shown stays. */
async function changed() {
  await lists(page.capabilities).catch(() => {});
  navigation();
  const { section } = where();
  entries(section);
  status('The lists have changed', 'ok');
}

function failed(exchange) {
  status(exchange.status === 401 ? 'Needs a token' : 'Not connected', 'error');
  navigation();
  fill($('list'));
  const isKept = exchange.status === 401;
  if (isKept) openAccess(true);
  fill($('detail'), el('article', {}, el('h2', {}, isKept ? 'The server wants to know who calls' : 'The server does not answer'), note(reason(exchange), 'error'),
    isKept ? el('p', {}, 'Give a bearer token above.') : button('Try again', load, { class: 'primary' })));
}

function status(words, kind) {
  $('status').textContent = words;
  $('status').className = `status ${kind}`;
}

function navigation() {
  const { section } = where();
  fill($('sections'), SECTIONS.map(([id, title, , count]) => {
    const number = count?.(page);
    return el('li', { 'data-section': id }, el('a', { href: address(id), 'aria-current': id === section && 'page' }, title, number !== undefined && el('span', { class: 'count' }, String(number))));
  }));
  $('sections').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/** Shows what the address names. */
function show() {
  const { section, entry } = where();
  navigation();
  const [, title, module] = SECTIONS.find(([id]) => id === section) ?? SECTIONS[0];
  const made = module.section(page);
  const hasList = entries(section);
  document.body.classList.toggle('chosen', entry !== undefined || !hasList);
  const shown = made.detail(entry);
  const back = hasList && el('a', { href: address(section), class: 'back' }, `All ${title.toLowerCase()}`);
  fill($('detail'), back, shown ?? (entry === undefined ? welcome(made) : note(`The server has no ${entry} here.`, 'error')));
}

function welcome({ entries = [] }) {
  const { description, websiteUrl } = page.info;
  return el('article', { class: 'welcome' }, el('h2', {}, page.info.title ?? page.info.name ?? 'MCP server'), description && el('p', {}, description), websiteUrl && el('p', {}, websiteUrl),
    page.instructions ? el('p', { class: 'description' }, page.instructions) : undefined,
    facts(), note(entries.length ? 'Choose one of the list.' : 'The server has none of these.'));
}

/** The revisions and the abilities of the server. */
function facts() {
  const { extensions = {}, ...rest } = page.capabilities;
  const rows = [['Revisions', page.versions.join(', ')], ['Has', Object.keys(rest).join(', ') || 'nothing'], ['Extensions', Object.keys(extensions).join(', ')]];
  return el('dl', { class: 'facts' }, rows.filter(([, words]) => words).map(([name, words]) => [el('dt', {}, name), el('dd', {}, words)]));
}

/** Fills the list of a section; returns whether it has one. */
function entries(section) {
  const module = SECTIONS.find(([id]) => id === section)?.[2] ?? tools;
  const all = module.section(page).entries;
  document.body.classList.toggle('listed', Boolean(all));
  if (!all) return void fill($('list')) ?? false;
  const { entry } = where();
  const rows = el('ul');
  const draw = typed => {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(({ id, title, help }) => words.every(word => `${id} ${title} ${help ?? ''}`.toLowerCase().includes(word)));
    let group;
    fill(rows, found.flatMap(item => {
      const head = item.group !== group && item.group && el('li', { class: 'group' }, item.group);
      group = item.group;
      return [head, el('li', {}, el('a', { href: address(section, item.id), 'aria-current': item.id === entry && 'true' }, el('span', { class: 'title' }, item.title), item.help && el('span', { class: 'help' }, item.help.split('\n')[0])))];
    }), !found.length && el('li', {}, note(typed ? 'Nothing matches.' : 'None.')));
  };
  const old = $('list').querySelector('input[type=search]');
  const isKept = old && $('list').dataset.section === section;
  const id = fresh('filter');
  const search = isKept ? old : el('input', { id, type: 'search', placeholder: 'Filter', 'aria-label': 'Filter the list', autocomplete: 'off' });
  search.oninput = () => draw(search.value);
  draw(search.value);
  $('list').dataset.section = section;
  if (isKept) $('list').querySelector('ul').replaceWith(rows);
  else fill($('list'), search, rows);
  return true;
}

function openAccess(isOpen) {
  $('access-panel').hidden = !isOpen;
  $('access').setAttribute('aria-expanded', isOpen);
  if (isOpen) $('token').focus();
}

$('access').addEventListener('click', () => openAccess($('access-panel').hidden));
$('access-panel').addEventListener('submit', event => {
  event.preventDefault();
  client.token = $('token').value.trim();
  sessionStorage.setItem('mcp-token', client.token);
  openAccess(false);
  load();
});
$('theme').value = document.documentElement.dataset.theme ?? '';
$('theme').addEventListener('change', () => {
  const theme = $('theme').value;
  document.documentElement.dataset.theme = theme;
  localStorage.setItem('mcp-theme', theme);
});
addEventListener('hashchange', () => {
  show();
  $('detail').focus({ preventScroll: true });
  $('detail').scrollTop = 0;
  scrollTo(0, 0);
});
history.addEventListener('change', () => {
  const count = $('sections').querySelector('[data-section="calls"] .count');
  if (count) count.textContent = String(history.entries.length);
});
client.token = sessionStorage.getItem('mcp-token') ?? '';
$('token').value = client.token;
load();
