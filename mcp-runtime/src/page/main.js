// The page: connects, lists the items of the server, and shows the section and the entry in the address.

import * as calls from './calls.js';
import { Client, reason } from './client.js';
import * as connect from './connect.js';
import { button, el, fill, note } from './dom.js';
import { history } from './history.js';
import * as limits from './limits.js';
import { address, showList } from './list.js';
import { Listener } from './listen.js';
import * as prompts from './prompts.js';
import * as resources from './resources.js';
import { discover } from './server.js';
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
const page = {
  client,
  info: {},
  instructions: undefined,
  capabilities: {},
  versions: [],
  has: {},
  tools: [],
  resources: [],
  templates: [],
  prompts: [],
  limits: undefined,
  listener: undefined,
  open: uri => {
    location.hash = address('resources', uri);
  },
  completing(ref, name, values) {
    if (!page.has.completions) return undefined;
    return async (typed, signal) => {
      const others = Object.fromEntries(Object.entries(values()).filter(([other, value]) => other !== name && value));
      const result = await client.result(
        'completion/complete',
        { ref, argument: { name, value: typed }, context: { arguments: others } },
        { signal },
      );
      return result.completion?.values ?? [];
    };
  },
};

function where() {
  const [, section = 'tools', entry] = location.hash.split('/');
  try {
    return { section, entry: entry && decodeURIComponent(entry) };
  } catch {
    return { section };
  }
}

/** Connects, and shows the view of the address. */
async function load() {
  status('Connecting…', 'loading');
  const fault = await discover(page);
  if (fault) return failed(fault);
  page.listener?.close();
  const onlost = () => status('Connection lost', 'error');
  page.listener = new Listener(client, page.has, { onlist: renew, onlost, onback: renew });
  titled();
  status('Connected', 'ok');
  return show();
}

function titled() {
  const { name = 'MCP server', title, version = '' } = page.info;
  $('server-name').textContent = document.title = title ?? name;
  $('server-version').textContent = `${title ? `${name} ` : ''}${version}`;
}

/** Reloads changed lists; the shown entry stays unless its declaration has changed. */
async function renew() {
  const before = declared();
  const fault = await discover(page);
  if (fault) return failed(fault);
  titled();
  status('Connected', 'ok');
  if (declared() !== before) return show();
  navigation();
  list(where());
}

/** Returns the declaration of the shown entry. */
function declared() {
  const { entry } = where();
  const all = [...page.tools, ...page.prompts, ...page.resources, ...page.templates];
  return JSON.stringify(all.filter(({ name, uri, uriTemplate }) => [name, uri, uriTemplate].includes(entry)));
}

function failed(exchange) {
  status(exchange.status === 401 ? 'Needs a token' : 'Not connected', 'error');
  navigation();
  showList($('list'));
  document.body.classList.remove('listed');
  document.body.classList.add('chosen');
  const isKept = exchange.status === 401;
  if (isKept) openAccess(true);
  fill(
    $('detail'),
    el(
      'article',
      {},
      el('h2', {}, isKept ? 'Authentication is required' : 'The server does not respond'),
      note(reason(exchange), 'error'),
      isKept ? el('p', {}, 'Give a bearer token above.') : button('Try again', load, { class: 'primary' }),
    ),
  );
}

function status(words, kind) {
  $('status').textContent = words;
  $('status').className = `status ${kind}`;
}

function navigation() {
  const { section } = where();
  fill(
    $('sections'),
    SECTIONS.map(([id, title, , count]) => {
      const number = count?.(page);
      return el(
        'li',
        { 'data-section': id },
        el(
          'a',
          { href: address(id), 'aria-current': id === section && 'page' },
          title,
          number !== undefined && el('span', { class: 'count' }, String(number)),
        ),
      );
    }),
  );
  showCurrentSection();
}

/** Scrolls the tabs of a narrow screen. */
function showCurrentSection() {
  $('sections').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/** Shows the view of the address. */
function show() {
  const { section, entry } = where();
  navigation();
  const { title, made } = list({ section, entry });
  const hasList = Boolean(made.entries);
  document.body.classList.toggle('chosen', entry !== undefined || !hasList);
  const shown = made.detail(entry);
  const back = hasList && el('a', { href: address(section), class: 'back' }, `All ${title.toLowerCase()}`);
  fill(
    $('detail'),
    back,
    shown ?? (entry === undefined ? welcome(made) : note(`The server has no ${entry} here.`, 'error')),
  );
}

function welcome({ entries = [] }) {
  const { description, websiteUrl } = page.info;
  return el(
    'article',
    { class: 'welcome' },
    el('h2', {}, page.info.title ?? page.info.name ?? 'MCP server'),
    description && el('p', {}, description),
    websiteUrl && el('p', {}, websiteUrl),
    page.instructions ? el('p', { class: 'description' }, page.instructions) : undefined,
    facts(),
    note(entries.length ? 'Choose an entry of the list.' : 'The server has none.'),
  );
}

/** The revisions and capabilities of the server. */
function facts() {
  const { extensions = {}, ...rest } = page.capabilities;
  const rows = [
    ['Revisions', page.versions.join(', ')],
    ['Has', Object.keys(rest).join(', ') || 'nothing'],
    ['Extensions', Object.keys(extensions).join(', ')],
  ];
  return el(
    'dl',
    { class: 'facts' },
    rows.filter(([, words]) => words).map(([name, words]) => [el('dt', {}, name), el('dd', {}, words)]),
  );
}

/** Shows the list of a section, if it has one; returns the section. */
function list({ section, entry }) {
  const [id, title, module] = SECTIONS.find(([id]) => id === section) ?? SECTIONS[0];
  const made = module.section(page);
  document.body.classList.toggle('listed', Boolean(made.entries));
  showList($('list'), id, made.entries, entry);
  return { title, made };
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
addEventListener('resize', showCurrentSection);
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
