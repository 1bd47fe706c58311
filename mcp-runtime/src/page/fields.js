// The fields of a form, one for each kind of schema: lists, objects and alternatives here, single values in `controls.js`.

import { choice, fixed, flag, number, presence, raw, text } from './controls.js';
import { button, el, fill, fresh } from './dom.js';
import { alternatives, choices, demands, isConstant, resolved, typeOf, withoutNull } from './schema.js';

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
  if (type === 'object')
    return schema.properties ? object : schema.additionalProperties && schema.additionalProperties !== true ? map : raw;
  return { string: text, integer: number, number, boolean: flag }[type] ?? raw;
}

/** A choice of several values: one check box each. */
function several(schema, place) {
  const items = resolved(schema.items, place.root);
  const all = choices(items, place.root);
  const boxes = all.map(({ value, title }) => [value, el('input', { type: 'checkbox' }), title]);
  const control = el(
    'div',
    { class: 'boxes' },
    boxes.map(([, box, title]) => el('label', { class: 'box' }, box, title)),
  );
  return group(schema, place, control, {
    read() {
      const value = boxes.filter(([, box]) => box.checked).map(([value]) => value);
      return value.length || place.required ? value : undefined;
    },
    write: value =>
      boxes.forEach(([own, box]) => {
        box.checked = Array.isArray(value) && value.includes(own);
      }),
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
    const entry = field(schema.items ?? {}, {
      ...place,
      name: `${rows.length + 1}`,
      required: true,
      isEntry: true,
      depth: place.depth + 1,
    });
    if (value !== undefined) entry.set(value);
    const remove = button(
      'Remove',
      () => {
        rows.splice(rows.indexOf(entry), 1);
        line.remove();
        more.focus();
      },
      { class: 'small', 'aria-label': `Remove an entry of ${place.name}` },
    );
    const line = el('div', { class: 'entry' }, entry.node, remove);
    entry.line = line;
    rows.push(entry);
    box.append(line);
    return entry;
  };
  const more = button('Add an entry', () => add().node.querySelector('input, select, textarea')?.focus(), {
    class: 'small',
    'aria-label': `Add an entry to ${place.name}`,
  });
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
  const entry = {
    type: 'object',
    properties: { key: { type: 'string', minLength: 1 }, value: schema.additionalProperties },
    required: ['key', 'value'],
  };
  const entries = list(
    { ...schema, type: 'entries by name', items: entry, default: undefined, additionalProperties: undefined },
    place,
  );
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

/** An object with a field for each property; an optional one is omitted until it is added. */
function object(schema, place) {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties).map(([name, property]) => [
    name,
    field(property, { ...place, name, required: required.has(name), isEntry: false, depth: place.depth + 1 }),
  ]);
  const inside = el(
    'div',
    { class: 'members' },
    members.map(([, member]) => member.node),
  );
  const gate = place.required ? undefined : el('input', { type: 'checkbox' });
  const open = () => {
    if (gate) inside.hidden = !gate.checked;
  };
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

/** One of several alternatives, or JSON, or none if it is optional. */
function variant(schema, place) {
  const all = [...alternatives(schema, place.root), { title: 'JSON', schema: {} }];
  const id = fresh('f');
  const pick = el(
    'select',
    { id },
    !place.required && el('option', { value: '' }, '(left out)'),
    all.map(({ title }, at) => el('option', { value: at }, title)),
  );
  const slot = el('div');
  let inner;
  const show = at => {
    pick.value = at;
    inner =
      at === ''
        ? undefined
        : field(all[at].schema, { ...place, name: 'value', required: true, isEntry: true, depth: place.depth + 1 });
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

/** A value of several controls. */
function group(schema, place, control, { read, write, check }) {
  const fault = el('p', { class: 'fault', hidden: true });
  const hint = [
    demands({ ...schema, format: undefined }),
    'default' in schema && schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ]
    .filter(Boolean)
    .join(', ');
  const node = el(
    'fieldset',
    { class: 'field group' },
    el(
      'legend',
      {},
      schema.title && schema.title !== place.name ? `${schema.title} ` : '',
      el('span', { class: 'name' }, place.name),
      presence(place),
      el('span', { class: 'hint' }, hint),
    ),
    schema.description && el('p', { class: 'help' }, schema.description),
    control,
    fault,
  );
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
