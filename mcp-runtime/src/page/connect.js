// Configuration entries of this server for each client, as `package client-config` prints them.

import { copy, el, fill, note } from './dom.js';

const LINK = /^(cursor|goose|vscode):/;

/** The section of the clients. */
export function section() {
  const url = new URL('mcp', document.baseURI).href;
  return {
    detail() {
      const place = el('div', { class: 'snippets' }, note('Reading…', 'loading'));
      read(url).then(nodes => fill(place, nodes));
      return el(
        'div',
        {},
        el('h2', {}, 'Connect a client'),
        el(
          'p',
          {},
          'The endpoint is ',
          el('code', {}, url),
          ' ',
          copy(() => url),
        ),
        place,
      );
    },
  };
}

async function read(url) {
  try {
    const response = await fetch(new URL(`page/clients?url=${encodeURIComponent(url)}`, document.baseURI), {
      credentials: 'omit',
    });
    if (response.ok) return (await response.json()).map(snippet);
    return note(
      'This server was built without its command line, which knows the entries of clients. Give clients the URL.',
    );
  } catch {
    return note('The entries cannot be read.', 'error');
  }
}

function snippet({ title, file, entry, command, link, then }) {
  return el(
    'section',
    { class: 'snippet' },
    el('h3', {}, title),
    link && LINK.test(link) && el('p', {}, el('a', { href: link }, `Add it to ${title}`)),
    command && text(command, 'a command', `Command for ${title}`),
    text(entry.trimEnd(), file ?? 'its configuration', `Entry for ${title}`),
    then && el('p', { class: 'hint' }, 'Then ', marked(then), '.'),
  );
}

/** The parts of a text; those between backticks are code. */
const marked = words => words.split('`').map((part, at) => (at % 2 ? el('code', {}, part) : part));

function text(words, where, label) {
  const pre = el('pre', { class: 'text', tabindex: 0, role: 'region', 'aria-label': label }, words);
  return el(
    'div',
    {},
    el(
      'div',
      { class: 'row' },
      el('span', { class: 'faint' }, where),
      copy(() => words),
    ),
    pre,
  );
}
