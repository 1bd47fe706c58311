// The list of a section, with its filter.

import { el, fill, note } from './dom.js';

/** The address of an entry in this page. */
export const address = (section, entry) => `#/${section}${entry === undefined ? '' : `/${encodeURIComponent(entry)}`}`;

/** Shows `entries` at `place`; the filter stays as long as the section does. */
export function showList(place, section, entries, chosen) {
  if (!entries) {
    delete place.dataset.section;
    return fill(place);
  }
  if (place.dataset.section !== section) {
    const search = el('input', {
      type: 'search',
      placeholder: 'Filter',
      'aria-label': 'Filter the list',
      autocomplete: 'off',
    });
    fill(place, search, el('ul'));
    place.dataset.section = section;
  }
  const [search, rows] = place.children;
  search.oninput = () => draw(rows, section, entries, chosen, search.value);
  return search.oninput();
}

function draw(rows, section, entries, chosen, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(({ id, title, help }) => {
    const text = `${id} ${title} ${help ?? ''}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
  const titles = found.map(({ group }, at) => group !== found[at - 1]?.group && group);
  const row = ({ id, title, help }) =>
    el(
      'li',
      {},
      el(
        'a',
        { href: address(section, id), 'aria-current': id === chosen && 'true' },
        el('span', { class: 'title' }, title),
        help && el('span', { class: 'help' }, help.split('\n')[0]),
      ),
    );
  const empty = el('li', {}, note(typed ? 'Nothing matches.' : 'None.'));
  fill(
    rows,
    found.map((entry, at) => [titles[at] && el('li', { class: 'group' }, titles[at]), row(entry)]),
    !found.length && empty,
  );
}
