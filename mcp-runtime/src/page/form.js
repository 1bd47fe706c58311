// A form for the schema of an object, and the same value as JSON.

import { button, el, fresh, note } from './dom.js';
import { field } from './fields.js';
import { parse, pretty } from './json.js';
import { resolved } from './schema.js';

/** Creates a form: `{ node, toggle, get }`. `toggle` changes to JSON and back; `get` returns the object, or undefined after moving the focus to the first error. */
export function form(declared) {
  const schema = resolved(declared ?? {}, declared);
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    field(property, { name, required: required.has(name), root: declared, depth: 1 }),
  ]);
  const isOpen = schema.additionalProperties || schema.anyOf || schema.oneOf || schema.unreadable;
  const id = fresh('json');
  const area = el('textarea', { id, class: 'code', rows: 8, spellcheck: 'false', 'aria-describedby': `${id}-fault` });
  const fault = el('p', { class: 'fault', id: `${id}-fault`, hidden: true });
  const fields = el(
    'div',
    {},
    members.length
      ? members.map(([, member]) => member.node)
      : note('It takes no arguments.'),
  );
  const text = el('div', { class: 'field', hidden: true }, el('label', { for: id }, 'Arguments as JSON'), area, fault);
  const collect = faults =>
    Object.fromEntries(
      members.map(([name, member]) => [name, member.get(faults)]).filter(([, value]) => value !== undefined),
    );
  const write = value =>
    members.forEach(([name, member]) => {
      if (name in value) member.set(value[name]);
    });
  const readText = () => {
    fault.hidden = true;
    try {
      const value = parse(area.value || '{}');
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
      throw new Error('it is not an object');
    } catch (error) {
      fault.hidden = false;
      fault.textContent = `Write a JSON object: ${error.message}.`;
      area.focus();
      return undefined;
    }
  };
  const toggle = button(
    'Edit as JSON',
    () => {
      if (text.hidden) {
        area.value = pretty(collect([]));
      } else {
        const value = readText();
        if (value === undefined) return;
        write(value);
      }
      text.hidden = !text.hidden;
      fields.hidden = !text.hidden;
      toggle.setAttribute('aria-pressed', !text.hidden);
    },
    { class: 'small', 'aria-pressed': 'false' },
  );
  const get = () => {
    if (!text.hidden) return readText();
    const faults = [];
    const value = collect(faults);
    faults[0]?.focus?.();
    return faults.length ? undefined : value;
  };
  const node = el('div', { class: 'form' }, fields, text);
  if (isOpen && !members.length) toggle.click();
  return { node, toggle, get };
}
