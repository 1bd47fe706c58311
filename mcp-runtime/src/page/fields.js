// The fields of a form, one for each kind of schema. A field is `{ node, get, set }`: `get` returns the value, or
// nothing where it is left out, and adds what is wrong to the faults it is given.

import { button, el, fill, fresh } from './dom.js';
import { integer, parse, pretty } from './json.js';
import { alternatives, choices, constant, demands, isConstant, resolved, typeOf, withoutNull } from './schema.js';

const DEEPEST = 6;

/** Creates the field of a property. `place` has its name, whether it is required, the root schema and its depth. */
export function field(declared, place) {
  const { schema, isNullable } = withoutNull(resolved(declared, place.root), place.root);
  const inner = { ...place, isNullable };
  return kindOf(schema, place)(schema, inner);
}

function kindOf(schema, place) {
  const { root, depth } = place;
  if (schema.unreadable || depth > DEEPEST) return raw;
  if (place.required && isConstant(schema)) return fixed;
  if (choices(schema, root)) return choice;
  if (alternatives(schema, root)) return variant;
  const type = typeOf(schema);
  if (type === 'array' && schema.items !== false && !schema.prefixItems) {
    return choices(resolved(schema.items, root), root) ? several : list;
  }
  if (type === 'object') return schema.properties ? object : schema.additionalProperties && schema.additionalProperties !== true ? map : raw;
  return { string: text, integer: number, number, boolean: flag }[type] ?? raw;
}

/** The label, description, control and fault of one value. */
function row(schema, place, control, { id, beside } = {}) {
  const hint = [demands(schema), 'default' in schema && `default ${JSON.stringify(schema.default)}`].filter(Boolean).join(', ');
  const help = schema.description && el('span', { class: 'help', id: `${id}-help` }, schema.description);
  const fault = el('span', { class: 'fault', id: `${id}-fault`, hidden: true });
  control.setAttribute('aria-describedby', `${id}-hint ${help ? `${id}-help ` : ''}${id}-fault`);
  const title = schema.title && schema.title !== place.name ? `${schema.title} ` : '';
  const node = el('div', { class: 'field' },
    el('div', { class: 'label' },
      el('label', { for: id }, title, title ? el('code', {}, place.name) : place.name),
      presence(place),
      el('span', { class: 'hint', id: `${id}-hint` }, hint)),
    help, beside ?? control, fault);
  const say = words => {
    fault.hidden = !words;
    fault.textContent = words ?? '';
    control.toggleAttribute('aria-invalid', Boolean(words));
    if (words) control.setAttribute('aria-invalid', 'true');
  };
  control.addEventListener('input', () => say());
  return { node, say };
}

/** The word for whether a value has to be there; an entry of a list is there anyway. */
function presence({ required, isEntry }) {
  if (isEntry) return undefined;
  return required ? el('span', { class: 'required' }, 'required') : el('span', { class: 'faint' }, 'optional');
}

/** A value of one control: what is empty is left out, and is `null` or a fault where it has to be there. */
function single(schema, place, control, { read, write, beside, id }) {
  const { node, say } = row(schema, place, control, { id, beside });
  const wrong = (words, faults) => {
    say(words);
    faults.push(control);
  };
  const get = faults => {
    say();
    if (!control.checkValidity()) return wrong(control.validationMessage, faults);
    try {
      const value = read();
      if (value !== undefined) return value;
    } catch (error) {
      return wrong(error.message, faults);
    }
    if (!place.required) return undefined;
    return place.isNullable ? null : wrong('Give a value.', faults);
  };
  if ('default' in schema && schema.default !== null) write(schema.default);
  return { node, get, set: write };
}

function text(schema, place) {
  const id = fresh('f');
  const isLong = (schema.maxLength ?? 0) > 200 || schema.contentMediaType;
  const type = { date: 'date', email: 'email', uri: 'url', password: 'password' }[schema.format] ?? 'text';
  const examples = (schema.examples ?? []).filter(example => typeof example === 'string');
  const control = isLong
    ? el('textarea', { id, rows: 3, maxlength: schema.maxLength })
    : el('input', { id, type, pattern: usable(schema.pattern), placeholder: placeholder(schema, examples), list: examples.length > 1 && `${id}-examples`, autocomplete: 'off', spellcheck: 'false' });
  const read = () => {
    if (control.value === '') return place.required && !schema.minLength && schema.type === 'string' && !schema.pattern && !schema.format && !place.isNullable ? '' : undefined;
    const length = [...control.value].length;
    if (length < schema.minLength) throw new Error(`Write at least ${schema.minLength} characters.`);
    if (length > schema.maxLength) throw new Error(`Write at most ${schema.maxLength} characters.`);
    return control.value;
  };
  const field = single(schema, place, control, { id, read, write: value => { control.value = typeof value === 'string' ? value : ''; } });
  if (examples.length > 1) field.node.append(el('datalist', { id: `${id}-examples` }, examples.map(value => el('option', { value }))));
  return field;
}

const placeholder = (schema, [example]) => (example ? `such as ${example}` : schema.format === 'date-time' ? '2026-07-28T12:00:00Z' : undefined);

/** The pattern as HTML takes it: unanchored, and only where this browser can read it. */
function usable(pattern) {
  if (!pattern) return undefined;
  try {
    return new RegExp(`^(?:.*(?:${pattern}).*)$`, 'v') && `.*(?:${pattern}).*`;
  } catch {
    return undefined;
  }
}

function number(schema, place) {
  const id = fresh('f');
  const isInteger = typeOf(schema) === 'integer';
  const control = el('input', { id, type: 'text', inputmode: isInteger ? 'numeric' : 'decimal', autocomplete: 'off', placeholder: schema.examples?.[0] !== undefined && `such as ${schema.examples[0]}` });
  const read = () => {
    const typed = control.value.trim();
    if (typed === '') return undefined;
    if (isInteger ? !/^[+-]?\d+$/.test(typed) : !Number.isFinite(Number(typed))) throw new Error(isInteger ? 'Write a whole number.' : 'Write a number.');
    const value = Number(typed);
    if (value < schema.minimum || value <= schema.exclusiveMinimum || value > schema.maximum || value >= schema.exclusiveMaximum) throw new Error(`Out of range: ${demands(schema)}.`);
    return isInteger ? integer(typed.replace(/^\+/, '')) : value;
  };
  return single(schema, place, control, { id, read, write: value => { control.value = value === undefined || value === null ? '' : JSON.stringify(value); } });
}

function flag(schema, place) {
  return choice({ ...schema, enum: [true, false], enumNames: ['true', 'false'] }, place);
}

function choice(schema, place) {
  const id = fresh('f');
  const all = choices(schema, place.root);
  const control = el('select', { id },
    (!place.required || !('default' in schema)) && el('option', { value: '' }, place.required ? 'Choose…' : '(left out)'),
    all.map(({ title, help }, at) => el('option', { value: at }, help && all.length < 12 ? `${title}: ${help}` : title)));
  const read = () => (control.value === '' ? undefined : all[control.value].value);
  const write = value => {
    const at = all.findIndex(choice => JSON.stringify(choice.value) === JSON.stringify(value));
    control.value = at < 0 ? '' : at;
  };
  const { oneOf, anyOf, ...shown } = schema;
  return single({ ...shown, type: schema.type ?? 'one of' }, place, control, { id, read, write });
}

function fixed(schema, place) {
  const id = fresh('f');
  const control = el('input', { id, value: JSON.stringify(constant(schema)), readonly: true });
  return single(schema, place, control, { id, read: () => constant(schema), write() {} });
}

/** Several of a few: a check box each. */
function several(schema, place) {
  const items = resolved(schema.items, place.root);
  const all = choices(items, place.root);
  const boxes = all.map(({ value, title }) => [value, el('input', { type: 'checkbox' }), title]);
  const control = el('div', { class: 'boxes' }, boxes.map(([, box, title]) => el('label', { class: 'box' }, box, title)));
  return group(schema, place, control, {
    read() {
      const value = boxes.filter(([, box]) => box.checked).map(([value]) => value);
      return value.length || place.required ? value : undefined;
    },
    write: value => boxes.forEach(([own, box]) => { box.checked = Array.isArray(value) && value.includes(own); }),
    check: value => counted(value, schema),
  });
}

function counted(value, { minItems = 0, maxItems = Infinity }) {
  if (value.length < minItems) return `Give at least ${minItems}.`;
  return value.length > maxItems ? `Give at most ${maxItems}.` : undefined;
}

/** A list whose entries are added and removed. */
function list(schema, place) {
  const rows = [];
  const box = el('div', { class: 'entries' });
  const add = value => {
    const entry = field(schema.items ?? {}, { ...place, name: `${rows.length + 1}`, required: true, isEntry: true, depth: place.depth + 1 });
    if (value !== undefined) entry.set(value);
    const remove = button('Remove', () => {
      rows.splice(rows.indexOf(entry), 1);
      line.remove();
      more.focus();
    }, { class: 'small', 'aria-label': `Remove an entry of ${place.name}` });
    const line = el('div', { class: 'entry' }, entry.node, remove);
    entry.line = line;
    rows.push(entry);
    box.append(line);
    return entry;
  };
  const more = button('Add an entry', () => add().node.querySelector('input, select, textarea')?.focus(), { class: 'small', 'aria-label': `Add an entry to ${place.name}` });
  const control = el('div', {}, box, more);
  if (!Array.isArray(schema.default)) for (let at = 0; at < Math.min(schema.minItems ?? 0, 10); at += 1) add();
  return group(schema, place, control, {
    read(faults) {
      const value = rows.map(row => row.get(faults));
      return value.length || place.required ? value : undefined;
    },
    write(value) {
      rows.length = 0;
      fill(box);
      if (Array.isArray(value)) value.forEach(entry => add(entry));
    },
    check: value => counted(value, schema),
  });
}

/** Entries by name. */
function map(schema, place) {
  const entry = { type: 'object', properties: { key: { type: 'string', minLength: 1 }, value: schema.additionalProperties }, required: ['key', 'value'] };
  const entries = list({ ...schema, type: 'entries by name', items: entry, default: undefined, additionalProperties: undefined }, place);
  const write = value => entries.set(Object.entries(value ?? {}).map(([key, value]) => ({ key, value })));
  if (schema.default) write(schema.default);
  return {
    node: entries.node,
    get(faults) {
      const value = entries.get(faults);
      return value && Object.fromEntries(value.map(entry => [entry?.key, entry?.value]));
    },
    set: write,
  };
}

/** An object with a field for each property; an optional one is left out until it is asked for. */
function object(schema, place) {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties).map(([name, property]) =>
    [name, field(property, { ...place, name, required: required.has(name), isEntry: false, depth: place.depth + 1 })]);
  const inside = el('div', { class: 'members' }, members.map(([, member]) => member.node));
  const gate = place.required ? undefined : el('input', { type: 'checkbox' });
  const open = () => { if (gate) inside.hidden = !gate.checked; };
  gate?.addEventListener('change', open);
  open();
  const control = el('div', {}, gate && el('label', { class: 'box' }, gate, `Give ${place.name}`), inside);
  return group(schema, place, control, {
    read(faults) {
      if (gate && !gate.checked) return undefined;
      const pairs = members.map(([name, member]) => [name, member.get(faults)]);
      return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
    },
    write(value) {
      if (gate) gate.checked = value !== undefined && value !== null;
      open();
      for (const [name, member] of members) if (value && name in value) member.set(value[name]);
    },
  });
}

/** One of several forms of a value, or JSON, or nothing where it is optional. */
function variant(schema, place) {
  const all = [...alternatives(schema, place.root), { title: 'JSON', schema: {} }];
  const id = fresh('f');
  const pick = el('select', { id }, !place.required && el('option', { value: '' }, '(left out)'), all.map(({ title }, at) => el('option', { value: at }, title)));
  const slot = el('div');
  let inner;
  const show = at => {
    pick.value = at;
    inner = at === '' ? undefined : field(all[at].schema, { ...place, name: 'value', required: true, isEntry: true, depth: place.depth + 1 });
    fill(slot, inner?.node);
  };
  pick.addEventListener('change', () => show(pick.value));
  show(place.required ? 0 : '');
  const control = el('div', {}, el('label', { for: id, class: 'pick' }, 'Form ', pick), slot);
  return group({ ...schema, type: 'one of' }, place, control, {
    read: faults => inner?.get(faults),
    write(value) {
      show(all.length - 1);
      inner.set(value);
    },
  });
}

/** Any JSON, as text. */
function raw(schema, place) {
  const id = fresh('f');
  const control = el('textarea', { id, rows: 3, class: 'code', spellcheck: 'false' });
  const read = () => {
    if (control.value.trim() === '') return undefined;
    try {
      return parse(control.value);
    } catch (error) {
      throw new Error(`Write JSON: ${error.message}.`);
    }
  };
  return single({ ...schema, type: schema.type ?? 'JSON' }, place, control, { id, read, write: value => { control.value = value === undefined ? '' : pretty(value); } });
}

/** A value of several controls. */
function group(schema, place, control, { read, write, check }) {
  const fault = el('p', { class: 'fault', hidden: true });
  const hint = [demands({ ...schema, format: undefined }), 'default' in schema && schema.default !== undefined && `default ${JSON.stringify(schema.default)}`].filter(Boolean).join(', ');
  const node = el('fieldset', { class: 'field group' },
    el('legend', {}, schema.title && schema.title !== place.name ? `${schema.title} ` : '', el('span', { class: 'name' }, place.name),
      presence(place), el('span', { class: 'hint' }, hint)),
    schema.description && el('p', { class: 'help' }, schema.description), control, fault);
  const get = faults => {
    const value = read(faults);
    const words = value === undefined ? undefined : check?.(value);
    fault.hidden = !words;
    fault.textContent = words ?? '';
    if (words) faults.push(control.querySelector('input, button, select, textarea') ?? node);
    return value;
  };
  if (schema.default !== undefined && schema.default !== null) write(schema.default);
  return { node, get, set: write };
}
