// The input requests of a call: elicitation, sampling and roots. Each has a card that builds the input response.

import { blocks } from './content.js';
import { button, copy, el, fill, fresh, link } from './dom.js';
import { form } from './form.js';
import { block } from './json.js';

/** Asks the user for all `requests` at `place`; returns the input responses by key, or undefined if the call ends. */
export function ask(place, requests, signal) {
  const answers = {};
  const waiting = new Set(Object.keys(requests));
  if (signal.aborted) return undefined;
  return new Promise(resolve => {
    const done = value => {
      fill(place);
      resolve(value);
    };
    signal.addEventListener('abort', () => done(undefined), { once: true });
    const cards = Object.entries(requests).map(([key, request]) => {
      const answer = (value, words) => {
        answers[key] = value;
        waiting.delete(key);
        fill(node, el('p', { class: 'faint' }, words));
        if (waiting.size === 0) return done(answers);
        return place.querySelector('input, select, textarea, button')?.focus();
      };
      const node = el(
        'section',
        { class: 'question', 'aria-label': `Question ${key}` },
        card(request, answer, () => done(undefined)),
      );
      return node;
    });
    if (cards.length === 0) return done(answers);
    fill(place, cards);
    place.querySelector('input, select, textarea, button')?.focus();
    return undefined;
  });
}

function card({ method, params = {} }, answer, end) {
  if (method === 'elicitation/create') return params.mode === 'url' ? visit(params, answer) : fillIn(params, answer);
  if (method === 'sampling/createMessage') return model(params, answer, end);
  if (method === 'roots/list') return roots(answer, end);
  return [el('h3', {}, `The server sent ${method}, which this page does not support`), button('End the call', end)];
}

const heading = words => el('h3', {}, words);
const says = words => el('p', { class: 'message' }, words ?? '');

/** Creates the buttons of an elicitation. */
function outcomes(accept, answer, words = 'Accept') {
  return el(
    'div',
    { class: 'row' },
    el('button', { type: 'submit', class: 'primary', onclick: accept }, words),
    button('Decline', () => answer({ action: 'decline' }, 'Declined.')),
    button('Dismiss', () => answer({ action: 'cancel' }, 'Dismissed.')),
  );
}

function fillIn({ message, requestedSchema }, answer) {
  const made = form(requestedSchema);
  const accept = event => {
    event.preventDefault();
    const content = made.get();
    if (content) answer({ action: 'accept', content }, 'Accepted.');
  };
  return el(
    'form',
    { novalidate: true, onsubmit: accept },
    heading('The server asks you'),
    says(message),
    made.node,
    outcomes(undefined, answer),
  );
}

function visit({ message, url }, answer) {
  const address = String(url ?? '');
  const host = URL.canParse(address) ? new URL(address).host : undefined;
  return [
    heading('The server asks you to visit a page'),
    says(message),
    el(
      'p',
      { class: 'url' },
      link(address),
      ' ',
      copy(() => address),
    ),
    el(
      'p',
      { class: 'hint' },
      host
        ? `It is at ${host}. Check that you trust it; nothing of it comes back through this page.`
        : 'This is not an http or https URL.',
    ),
    outcomes(() => answer({ action: 'accept' }, 'Accepted.'), answer, 'I have visited it'),
  ];
}

function model({ messages = [], systemPrompt, ...rest }, answer, end) {
  const id = fresh('model');
  const text = el('textarea', { id, rows: 4, required: true });
  const name = el('input', { id: `${id}-name`, value: 'a-person', required: true });
  const accept = event => {
    event.preventDefault();
    answer(
      { role: 'assistant', content: { type: 'text', text: text.value }, model: name.value, stopReason: 'endTurn' },
      'Answered.',
    );
  };
  return el(
    'form',
    { onsubmit: accept },
    heading('The server asks the model'),
    systemPrompt && el('p', { class: 'message' }, el('strong', {}, 'System: '), systemPrompt),
    messages.map(({ role, content }) =>
      el('div', { class: 'turn' }, el('span', { class: 'role' }, String(role)), blocks([content].flat())),
    ),
    el('details', {}, el('summary', {}, 'What else it asks for'), block(rest, 'Parameters')),
    el('p', { class: 'hint' }, 'This page has no model. Answer in its place, or refuse, which ends the call.'),
    el('div', { class: 'field' }, el('label', { for: id }, 'The answer of the model'), text),
    el('div', { class: 'field' }, el('label', { for: `${id}-name` }, 'The name of the model'), name),
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'primary' }, 'Answer'), button('Refuse', end)),
  );
}

function roots(answer, end) {
  const id = fresh('roots');
  const area = el('textarea', {
    id,
    rows: 3,
    class: 'code',
    'aria-describedby': `${id}-fault`,
    placeholder: 'file:///home/ann/project',
  });
  const fault = el('p', { class: 'fault', id: `${id}-fault`, hidden: true });
  const accept = event => {
    event.preventDefault();
    const uris = area.value
      .split('\n')
      .map(line => line.trim())
      .filter(Boolean);
    const wrong = uris.find(uri => !uri.startsWith('file://'));
    fault.hidden = !wrong;
    fault.textContent = wrong ? `${wrong} is not a file:// URI.` : '';
    if (!wrong) answer({ roots: uris.map(uri => ({ uri })) }, `Answered with ${uris.length} roots.`);
  };
  return el(
    'form',
    { onsubmit: accept },
    heading('The server asks for the roots'),
    el(
      'div',
      { class: 'field' },
      el('label', { for: id }, 'Folders it may work in, one file:// URI per line'),
      area,
      fault,
    ),
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'primary' }, 'Answer'), button('Refuse', end)),
  );
}
