// The section of the calls of this page.

import { el, fill, note } from './dom.js';
import { history } from './history.js';
import { time } from './panel.js';

/** The section of the calls. */
export function section() {
  return {
    detail() {
      const place = el('div', { class: 'result-place', 'aria-live': 'polite' });
      const show = record => {
        fill(place, record.panel);
        record.panel.scrollIntoView({ block: 'nearest' });
      };
      const rows = history.entries.map(record =>
        el(
          'li',
          {},
          el(
            'button',
            { type: 'button', class: 'record', onclick: () => show(record) },
            el('span', { class: `dot ${record.kind}` }),
            el('code', {}, record.method),
            el('span', { class: 'grow' }, record.title),
            el('span', { class: 'faint' }, record.kind),
            el('span', { class: 'faint' }, time(record.ms)),
            el('span', { class: 'faint' }, record.at.toLocaleTimeString()),
          ),
        ),
      );
      return el(
        'div',
        {},
        el('h2', {}, 'Calls'),
        rows.length
          ? el('ul', { class: 'rows' }, rows)
          : note('No call yet. Each is kept here with its request, its answer and its time, until this tab is closed.'),
        place,
      );
    },
  };
}
