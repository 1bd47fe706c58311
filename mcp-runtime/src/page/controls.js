// The fields of single values: texts, numbers, choices, constants, and any JSON. A field is `{ node, get, set }`: `get`
// returns the value, or undefined if it is omitted, and appends its errors to the given list.

import { el, fresh } from './dom.js';
import { integer, parse, pretty } from './json.js';
import { choices, constant, demands, typeOf } from './schema.js';

/** The label, description, control and fault of one value. */
function row(schema, place, control, { id, beside } = {}) {
  const hint = [demands(schema), 'default' in schema && `default ${JSON.stringify(schema.default)}`]
    .filter(Boolean)
    .join(', ');
  const help = schema.description && el('span', { class: 'help', id: `${id}-help` }, schema.description);
  const fault = el('span', { class: 'fault', id: `${id}-fault`, hidden: true });
  control.setAttribute('aria-describedby', `${id}-hint ${help ? `${id}-help ` : ''}${id}-fault`);
  const title = schema.title && schema.title !== place.name ? `${schema.title} ` : '';
  const node = el(
    'div',
    { class: 'field' },
    el(
      'div',
      { class: 'label' },
      el('label', { for: id }, title, title ? el('code', {}, place.name) : place.name),
      presence(place),
      el('span', { class: 'hint', id: `${id}-hint` }, hint),
    ),
    help,
    beside ?? control,
    fault,
  );
  const say = words => {
    fault.hidden = !words;
    fault.textContent = words ?? '';
    control.toggleAttribute('aria-invalid', Boolean(words));
    if (words) control.setAttribute('aria-invalid', 'true');
  };
  control.addEventListener('input', () => say());
  return { node, say };
}

/** Returns the label for a required or optional value; entries of lists have none. */
export function presence({ required, isEntry }) {
  if (isEntry) return undefined;
  return required ? el('span', { class: 'required' }, 'required') : el('span', { class: 'faint' }, 'optional');
}

/** A value of one control: an empty one is omitted, or `null` or an error if it is required. */
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

export function text(schema, place) {
  const id = fresh('f');
  const isLong = (schema.maxLength ?? 0) > 200 || schema.contentMediaType;
  const type = { date: 'date', email: 'email', uri: 'url', password: 'password' }[schema.format] ?? 'text';
  const examples = (schema.examples ?? []).filter(example => typeof example === 'string');
  const control = isLong
    ? el('textarea', { id, rows: 3, maxlength: schema.maxLength })
    : el('input', {
        id,
        type,
        pattern: usable(schema.pattern),
        placeholder: placeholder(schema, examples),
        list: examples.length > 1 && `${id}-examples`,
        autocomplete: 'off',
        spellcheck: 'false',
      });
  const read = () => {
    if (control.value === '')
      return place.required &&
        !schema.minLength &&
        schema.type === 'string' &&
        !schema.pattern &&
        !schema.format &&
        !place.isNullable
        ? ''
        : undefined;
    const length = [...control.value].length;
    if (length < schema.minLength) throw new Error(`Write at least ${schema.minLength} characters.`);
    if (length > schema.maxLength) throw new Error(`Write at most ${schema.maxLength} characters.`);
    return control.value;
  };
  const field = single(schema, place, control, {
    id,
    read,
    write: value => {
      control.value = typeof value === 'string' ? value : '';
    },
  });
  if (examples.length > 1)
    field.node.append(
      el(
        'datalist',
        { id: `${id}-examples` },
        examples.map(value => el('option', { value })),
      ),
    );
  return field;
}

const placeholder = (schema, [example]) =>
  example ? `such as ${example}` : schema.format === 'date-time' ? '2026-07-28T12:00:00Z' : undefined;

/** Returns the pattern for HTML: unanchored, and only if this browser supports it. */
function usable(pattern) {
  if (!pattern) return undefined;
  try {
    return new RegExp(`^(?:.*(?:${pattern}).*)$`, 'v') && `.*(?:${pattern}).*`;
  } catch {
    return undefined;
  }
}

export function number(schema, place) {
  const id = fresh('f');
  const isInteger = typeOf(schema) === 'integer';
  const control = el('input', {
    id,
    type: 'text',
    inputmode: isInteger ? 'numeric' : 'decimal',
    autocomplete: 'off',
    placeholder: schema.examples?.[0] !== undefined && `such as ${schema.examples[0]}`,
  });
  const read = () => {
    const typed = control.value.trim();
    if (typed === '') return undefined;
    if (isInteger ? !/^[+-]?\d+$/.test(typed) : !Number.isFinite(Number(typed)))
      throw new Error(isInteger ? 'Write a whole number.' : 'Write a number.');
    const value = Number(typed);
    if (
      value < schema.minimum ||
      value <= schema.exclusiveMinimum ||
      value > schema.maximum ||
      value >= schema.exclusiveMaximum
    )
      throw new Error(`Out of range: ${demands(schema)}.`);
    return isInteger ? integer(typed.replace(/^\+/, '')) : value;
  };
  return single(schema, place, control, {
    id,
    read,
    write: value => {
      control.value = value === undefined || value === null ? '' : JSON.stringify(value);
    },
  });
}

export function flag(schema, place) {
  return choice({ ...schema, enum: [true, false], enumNames: ['true', 'false'] }, place);
}

export function choice(schema, place) {
  const id = fresh('f');
  const all = choices(schema, place.root);
  const control = el(
    'select',
    { id },
    (!place.required || !('default' in schema)) &&
      el('option', { value: '' }, place.required ? 'Choose…' : '(left out)'),
    all.map(({ title, help }, at) =>
      el('option', { value: at }, help && all.length < 12 ? `${title}: ${help}` : title),
    ),
  );
  const read = () => (control.value === '' ? undefined : all[control.value].value);
  const write = value => {
    const at = all.findIndex(choice => JSON.stringify(choice.value) === JSON.stringify(value));
    control.value = at < 0 ? '' : at;
  };
  const { oneOf, anyOf, ...shown } = schema;
  return single({ ...shown, type: schema.type ?? 'one of' }, place, control, { id, read, write });
}

export function fixed(schema, place) {
  const id = fresh('f');
  const control = el('input', { id, value: JSON.stringify(constant(schema)), readonly: true });
  return single(schema, place, control, { id, read: () => constant(schema), write() {} });
}

/** Any JSON, as text. */
export function raw(schema, place) {
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
  return single({ ...schema, type: schema.type ?? 'JSON' }, place, control, {
    id,
    read,
    write: value => {
      control.value = value === undefined ? '' : pretty(value);
    },
  });
}
