// The limits in force, and the refusals: of the calls of this page, and by the counters of the server.

import { reason } from './client.js';
import { el, fill, note } from './dom.js';
import { history } from './history.js';
import { time } from './panel.js';

const get = (path, token) =>
  fetch(new URL(path, document.baseURI), {
    credentials: 'omit',
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });

/** Reads the limits of the server; undefined if this caller may not read them. */
export async function read(token) {
  try {
    const response = await get('page/limits', token);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** The limits of one function, in a line. */
export function policies({ limits }, kind, name) {
  const entry = limits?.[kind]?.find(entry => entry.name === name);
  if (!entry?.limits.length) return undefined;
  return el(
    'ul',
    { class: 'policies', 'aria-label': 'Limits in force' },
    entry.limits.map(({ key, value, source }) =>
      el('li', { title: source && `from ${source}` }, el('span', { class: 'faint' }, `${key} `), value),
    ),
  );
}

/** The section of the limits. */
export function section(page) {
  return {
    detail() {
      const refusals = el('div', {}, note('Counting…', 'loading'));
      counted(page).then(node => fill(refusals, node));
      return el(
        'div',
        {},
        el('h2', {}, 'Limits'),
        el('h3', {}, 'Refused in this page'),
        own(),
        el('h3', {}, 'Refused by the server since its start'),
        refusals,
        ...(page.limits ? tables(page.limits) : [note('This caller may not read the limits of the server.')]),
      );
    },
  };
}

function own() {
  const refused = history.entries.filter(({ kind }) => kind === 'refused' || kind === 'error');
  if (!refused.length) return note('Nothing yet.');
  return el(
    'ul',
    { class: 'rows' },
    refused.map(({ title, at, exchanges, ms }) =>
      el(
        'li',
        {},
        el('code', {}, title),
        ' ',
        el('span', { class: 'faint' }, `${at.toLocaleTimeString()}, ${time(ms)}`),
        el('div', {}, why(exchanges.at(-1))),
      ),
    ),
  );
}

/** Returns the text of a refusal or of an error result. */
function why(exchange) {
  const content = exchange?.answer?.result?.content;
  return content
    ? content
        .map(({ text }) => text ?? '')
        .join('\n')
        .slice(0, 500)
    : exchange && reason(exchange);
}

/** The counters of refusals, with their labels. */
const BY = {
  requests_refused: 'by a limit of the server',
  rate_limit_rejections: 'by a rate limit',
  auth_failures: 'for failed authentication',
};
const COUNTERS = /^mcp_(requests_refused|rate_limit_rejections|auth_failures)_total\{([^}]*)\} (\d+)/gm;

/** Reads the counters among the metrics. */
async function counted({ client }) {
  try {
    const response = await get('metrics', client.token);
    if (!response.ok) return note('Metrics are not at this address.');
    const rows = [...(await response.text()).matchAll(COUNTERS)].filter(([, , , count]) => count !== '0');
    if (!rows.length) return note('Nothing.');
    return el(
      'ul',
      { class: 'rows' },
      rows.map(([, counter, labels, count]) =>
        el(
          'li',
          {},
          el('span', { class: 'count' }, count),
          ` ${BY[counter]}: `,
          [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => `${name} ${value}`).join(', '),
        ),
      ),
    );
  } catch {
    return note('The metrics cannot be read.', 'error');
  }
}

const KINDS = { tools: 'Tools', resources: 'Resources', templates: 'Templates', prompts: 'Prompts' };

function tables(limits) {
  const declared = Object.entries(KINDS)
    .filter(([kind]) => limits[kind]?.length)
    .map(([kind, title]) => [
      title,
      ['Name', 'Limits'],
      limits[kind].map(({ name, limits }) => [
        el('code', {}, name),
        limits.length
          ? limits.map(({ key, value, source }) => `${key} ${value}${source ? ` (${source})` : ''}`).join(', ')
          : 'none',
      ]),
    ]);
  const server = [
    [
      'The server',
      ['Setting', 'Value', 'Meaning'],
      (limits.settings ?? []).map(({ name, value, help }) => [el('code', {}, name), value, help]),
    ],
  ];
  return [...declared, ...server].flatMap(([title, heads, rows]) => [
    el('h3', {}, title),
    el(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
      el(
        'table',
        {},
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            heads.map(head => el('th', { scope: 'col' }, head)),
          ),
        ),
        el(
          'tbody',
          {},
          rows.map(cells =>
            el(
              'tr',
              {},
              cells.map(cell => el('td', {}, cell)),
            ),
          ),
        ),
      ),
    ),
  ]);
}
