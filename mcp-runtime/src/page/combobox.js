// A text field with completion by the server while typing (`completion/complete`).

import { presence } from './controls.js';
import { el, fill, fresh } from './dom.js';

const PAUSE = 150; // milliseconds without typing

/** Creates the field of an argument; `propose(typed, signal)` returns completions, and is optional. */
export function combobox({ name, title, required, help, propose }) {
  const id = fresh('c');
  const list = el('ul', {
    role: 'listbox',
    id: `${id}-list`,
    class: 'proposals',
    hidden: true,
    'aria-label': `Proposals for ${name}`,
  });
  const input = el('input', {
    id,
    autocomplete: 'off',
    spellcheck: 'false',
    required,
    'aria-describedby': help && `${id}-help`,
    ...(propose && {
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-controls': list.id,
      'aria-autocomplete': 'list',
    }),
  });
  const node = el(
    'div',
    { class: 'field' },
    el(
      'div',
      { class: 'label' },
      el('label', { for: id }, title ?? name),
      title && title !== name && el('code', {}, name),
      presence({ required }),
      propose && el('span', { class: 'hint' }, 'completes as you type'),
    ),
    help && el('span', { class: 'help', id: `${id}-help` }, help),
    el('div', { class: 'combobox' }, input, list),
  );
  if (propose) proposing(input, list, propose);
  return { node, get: () => input.value };
}

function proposing(input, list, propose) {
  let timer;
  let abort = new AbortController();
  let active = -1;
  const options = () => [...list.children];
  const close = () => {
    clearTimeout(timer);
    abort.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = value => {
    input.value = value;
    close();
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const mark = at => {
    active = at;
    options().forEach((option, own) => option.setAttribute('aria-selected', own === at));
    if (at < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', options()[at].id);
    return options()[at].scrollIntoView({ block: 'nearest' });
  };
  const look = async () => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const values = await propose(input.value, signal).catch(() => []);
    if (signal.aborted || document.activeElement !== input) return;
    fill(
      list,
      values.map(value =>
        el(
          'li',
          {
            role: 'option',
            id: fresh('o'),
            'aria-selected': 'false',
            onpointerdown: event => {
              event.preventDefault();
              choose(value);
            },
          },
          value,
        ),
      ),
    );
    list.hidden = values.length === 0;
    input.setAttribute('aria-expanded', String(values.length > 0));
    mark(-1);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };
  input.addEventListener('input', soon);
  input.addEventListener('focus', soon);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', event => {
    const count = list.hidden ? 0 : options().length;
    if (event.key === 'Escape' && count) close();
    else if (event.key === 'Enter' && active >= 0) choose(options()[active].textContent);
    else if (event.key === 'ArrowDown' && count) mark((active + 1) % count);
    else if (event.key === 'ArrowUp' && count) mark((active - 1 + count) % count);
    else if (event.key === 'ArrowDown') soon();
    else return;
    event.preventDefault();
  });
}
