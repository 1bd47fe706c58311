// Lossless JSON: integers beyond 2^53 keep their text, if the browser supports it.

const MOST = 100_000; // maximum number of characters of a shown text

import { button, el } from './dom.js';

/** Parses a text. */
export function parse(text) {
  if (!JSON.rawJSON) return JSON.parse(text);
  return JSON.parse(text, (_, value, context) => {
    const isRounded =
      typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') && !Number.isSafeInteger(value);
    return isRounded ? JSON.rawJSON(context.source) : value;
  });
}

/** Parses an integer without loss. */
export function integer(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) || !JSON.rawJSON ? number : JSON.rawJSON(String(BigInt(text)));
}

/** Writes a value over several lines. */
export const pretty = value => JSON.stringify(value, null, 2) ?? '';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** Creates a block of coloured JSON. */
export function block(value, label = 'JSON') {
  const text = typeof value === 'string' ? value : pretty(value);
  const pre = el('pre', { class: 'json', tabindex: 0, role: 'region', 'aria-label': label });
  colour(pre, text.slice(0, MOST));
  if (text.length <= MOST) return pre;
  const rest = button(
    `Show all ${text.length.toLocaleString()} characters`,
    () => {
      pre.replaceChildren(text);
      rest.remove();
    },
    { class: 'small' },
  );
  return el('div', {}, pre, rest);
}

/** Creates the collapsed declaration of an item as sent by the server. */
export const declaration = value =>
  el('details', { class: 'schema' }, el('summary', {}, 'Declaration'), block(value, 'Declaration'));

function colour(pre, text) {
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [, string, colon, number] = match;
    const kind = string ? (colon ? 'key' : 'string') : number ? 'number' : 'word';
    const token = string ?? match[0];
    pre.append(text.slice(end, match.index), el('span', { class: `j-${kind}` }, token));
    end = match.index + token.length;
  }
  pre.append(text.slice(end));
}
