// The content of a result: text, images, audio, links, resources. All of it is untrusted.

import { button, copy, el, link } from './dom.js';
import { block, parse } from './json.js';

/** Creates the nodes of content blocks; `open` reads a resource by its URI. */
export function blocks(content, open) {
  return (content ?? []).map(part => el('div', { class: 'content' }, one(part, open), audience(part)));
}

function one(part, open) {
  switch (part?.type) {
    case 'text':
      return text(part.text);
    case 'image':
      return image(part.data, part.mimeType);
    case 'audio':
      return audio(part.data, part.mimeType);
    case 'resource_link':
      return el(
        'p',
        { class: 'resource-link' },
        opener(part.uri, part.title ?? part.name ?? part.uri, open),
        ' ',
        el('code', {}, part.uri),
        part.description && el('span', { class: 'help' }, part.description),
      );
    case 'resource':
      return resource(part.resource, open);
    default:
      return block(part ?? null);
  }
}

const opener = (uri, words, open) => (open ? button(words, () => open(uri), { class: 'link' }) : link(uri, words));

function audience({ annotations } = {}) {
  if (!annotations) return undefined;
  const words = Object.entries(annotations).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : value}`,
  );
  return el('p', { class: 'faint' }, words.join(' · '));
}

/** Creates a block of text, with JSON highlighted. */
export function text(value, mimeType = '') {
  const string = String(value ?? '');
  if (/json/.test(mimeType) || /^\s*[[{]/.test(string)) {
    try {
      return block(parse(string), 'Text, which is JSON');
    } catch {
      /* it only looks like it */
    }
  }
  return el('pre', { class: 'text', tabindex: 0, role: 'region', 'aria-label': 'Text' }, string);
}

function image(data, mimeType = '') {
  const alt = `Image, ${mimeType}`;
  return /^image\/[\w.+-]+$/.test(mimeType)
    ? el('img', { src: `data:${mimeType};base64,${data}`, alt })
    : download(data, mimeType);
}

function audio(data, mimeType = '') {
  return /^audio\/[\w.+-]+$/.test(mimeType)
    ? el('audio', { controls: true, src: `data:${mimeType};base64,${data}`, 'aria-label': `Sound, ${mimeType}` })
    : download(data, mimeType);
}

/** The contents of a resource. */
export function resource(contents, open) {
  const { uri, mimeType = '', text: string, blob } = contents ?? {};
  const head = el(
    'p',
    { class: 'resource-head' },
    opener(uri ?? '', uri ?? 'without a URI', open),
    mimeType && el('span', { class: 'faint' }, ` ${mimeType}`),
    string !== undefined && copy(() => string),
  );
  let body;
  if (string !== undefined) body = text(string, mimeType);
  else if (mimeType.startsWith('image/')) body = image(blob, mimeType);
  else if (mimeType.startsWith('audio/')) body = audio(blob, mimeType);
  else body = download(blob, mimeType);
  return el('div', { class: 'resource' }, head, body);
}

function download(data, mimeType) {
  const bytes = Math.floor((String(data ?? '').replace(/=+$/, '').length * 3) / 4);
  return el(
    'p',
    {},
    `${bytes.toLocaleString()} bytes${mimeType ? ` of ${mimeType}` : ''} `,
    button(
      'Save',
      () => {
        const octets = Uint8Array.from(atob(data ?? ''), letter => letter.charCodeAt(0));
        const href = URL.createObjectURL(new Blob([octets], { type: 'application/octet-stream' }));
        el('a', { href, download: 'resource' }).click();
        setTimeout(() => URL.revokeObjectURL(href), 10_000);
      },
      { class: 'small' },
    ),
  );
}
