// The resources and their templates: reading, expansion with completion, watching.

import { call } from './call.js';
import { combobox } from './combobox.js';
import { resource } from './content.js';
import { button, el } from './dom.js';
import { declaration } from './json.js';
import { policies } from './limits.js';
import { expand, variables } from './uri.js';

/** The section of the resources. */
export function section(page) {
  const { resources, templates } = page;
  const fixed = resources.map(it => ({ id: it.uri, title: it.title ?? it.name, help: it.uri }));
  const open = templates.map(it => ({
    id: it.uriTemplate,
    title: it.title ?? it.name,
    help: it.uriTemplate,
    group: 'Templates',
  }));
  return {
    entries: [...fixed, ...open],
    detail(uri) {
      const template = templates.find(it => it.uriTemplate === uri);
      if (template) return filled(template, page);
      const found = resources.find(it => it.uri === uri);
      return found || uri ? one(found ?? { uri, name: uri }, page) : undefined;
    },
  };
}

function head({ title, name, description, mimeType, size, uri, uriTemplate }, page) {
  const facts = [mimeType, size !== undefined && `${size.toLocaleString()} bytes`].filter(Boolean);
  return el(
    'header',
    {},
    el('h2', {}, title ?? name),
    el(
      'p',
      { class: 'name' },
      el('code', {}, uri ?? uriTemplate),
      facts.map(words => el('span', { class: 'badge' }, words)),
    ),
    description && el('p', { class: 'description' }, description),
    policies(page, uri ? 'resources' : 'templates', uri ?? uriTemplate),
  );
}

function read(uri, place, page) {
  const render = result => {
    const nodes = (result.contents ?? []).map(contents => el('div', { class: 'content' }, resource(contents)));
    nodes.push(
      el(
        'p',
        { class: 'faint' },
        `Cache: ${result.ttlMs ? `${result.ttlMs} ms, ${result.cacheScope}` : 'not to be kept'}`,
      ),
    );
    return nodes;
  };
  return call({ client: page.client, place, method: 'resources/read', params: { uri }, title: uri, render });
}

function one(declared, page) {
  const place = el('div', { class: 'result-place' });
  return el(
    'article',
    {},
    head(declared, page),
    el(
      'div',
      { class: 'actions' },
      button('Read', () => read(declared.uri, place, page), { class: 'primary' }),
      watch(declared.uri, place, page),
    ),
    place,
    declaration(declared),
  );
}

/** Creates the button that reloads a resource after each update notification. */
function watch(uri, place, page) {
  if (!page.has.subscribe) return undefined;
  const node = button('Watch', () => {
    const isWatched = page.listener.watch(uri, () => {
      if (!node.isConnected) return page.listener.unwatch(uri);
      return read(uri, place, page);
    });
    show(isWatched);
  });
  const show = isWatched => {
    node.setAttribute('aria-pressed', isWatched);
    node.textContent = isWatched ? 'Watched: stop' : 'Watch';
  };
  show(page.listener.watches(uri));
  return node;
}

function filled(template, page) {
  const place = el('div', { class: 'result-place' });
  const names = variables(template.uriTemplate);
  const shown = el('code', { class: 'expanded', 'aria-live': 'polite' });
  const ref = { type: 'ref/resource', uri: template.uriTemplate };
  const values = () => Object.fromEntries(fields.map((field, at) => [names[at], field.get()]));
  const fields = names.map(name => combobox({ name, required: true, propose: page.completing(ref, name, values) }));
  const update = () => {
    shown.textContent = expand(template.uriTemplate, values());
  };
  const submit = event => {
    event.preventDefault();
    read(expand(template.uriTemplate, values()), place, page);
  };
  const node = el(
    'form',
    { class: 'call', onsubmit: submit, oninput: update, onchange: update },
    fields.map(field => field.node),
    el('p', { class: 'uri' }, el('span', { class: 'faint' }, 'Reads '), shown),
    el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, 'Read')),
  );
  update();
  return el(
    'article',
    {},
    head(template, page),
    node,
    place,
    declaration(template),
  );
}
