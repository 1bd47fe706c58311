// The prompts: their arguments with completion, and the resulting messages.

import { call } from './call.js';
import { combobox } from './combobox.js';
import { blocks } from './content.js';
import { el, note } from './dom.js';
import { declaration } from './json.js';
import { policies } from './limits.js';

/** The section of the prompts. */
export function section(page) {
  const { prompts } = page;
  return {
    entries: prompts.map(prompt => ({ id: prompt.name, title: prompt.title ?? prompt.name, help: prompt.description })),
    detail: name => {
      const prompt = prompts.find(prompt => prompt.name === name);
      return prompt ? detail(prompt, page) : undefined;
    },
  };
}

function detail(prompt, page) {
  const place = el('div', { class: 'result-place' });
  const ref = { type: 'ref/prompt', name: prompt.name };
  const declared = prompt.arguments ?? [];
  const values = () =>
    Object.fromEntries(fields.map((field, at) => [declared[at].name, field.get()]).filter(([, value]) => value !== ''));
  const fields = declared.map(({ name, title, description, required }) =>
    combobox({ name, title, required, help: description, propose: page.completing(ref, name, values) }),
  );
  const submit = event => {
    event.preventDefault();
    call({
      client: page.client,
      place,
      method: 'prompts/get',
      params: { name: prompt.name, arguments: values() },
      title: prompt.name,
      render: result => messages(result, page),
    });
  };
  return el(
    'article',
    {},
    el(
      'header',
      {},
      el('h2', {}, prompt.title ?? prompt.name),
      el('p', { class: 'name' }, el('code', {}, prompt.name)),
      prompt.description && el('p', { class: 'description' }, prompt.description),
      policies(page, 'prompts', prompt.name),
    ),
    el(
      'form',
      { class: 'call', onsubmit: submit },
      fields.length ? fields.map(field => field.node) : note('It takes no arguments.'),
      el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, 'Get the messages')),
    ),
    place,
    declaration(prompt),
  );
}

function messages({ messages = [], description }, page) {
  const turns = messages.map(({ role, content }) =>
    el('div', { class: 'turn' }, el('span', { class: 'role' }, String(role)), blocks([content].flat(), page.open)),
  );
  return [description && el('p', { class: 'faint' }, description), ...turns].filter(Boolean);
}
