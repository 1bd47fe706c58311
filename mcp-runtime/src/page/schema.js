// JSON Schemas prepared for a form: references resolved, `null` separated, alternatives by name.

const DEEPEST = 12;

/** Resolves references within the root, and merges the schemas of `allOf`. */
export function resolved(schema, root, depth = 0) {
  if (schema === true || schema === undefined) return {};
  if (typeof schema !== 'object' || schema === null || depth > DEEPEST) return { unreadable: true };
  if (typeof schema.$ref === 'string') {
    const { $ref, ...beside } = schema;
    return { ...resolved(at(root, $ref), root, depth + 1), ...beside };
  }
  if (!Array.isArray(schema.allOf)) return schema;
  const { allOf, ...rest } = schema;
  return [...allOf.map(part => resolved(part, root, depth + 1)), rest].reduce(merged, {});
}

function at(root, reference) {
  if (!reference.startsWith('#')) return { unreadable: true };
  const steps = decodeURIComponent(reference.slice(1)).split('/').slice(1);
  return (
    steps.reduce((node, step) => node?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], root) ?? { unreadable: true }
  );
}

function merged(one, other) {
  return {
    ...one,
    ...other,
    ...((one.properties || other.properties) && { properties: { ...one.properties, ...other.properties } }),
    ...((one.required || other.required) && {
      required: [...new Set([...(one.required ?? []), ...(other.required ?? [])])],
    }),
  };
}

/** Removes `null` from a schema; `isNullable` is true if it was permitted. */
export function withoutNull(schema, root) {
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter(type => type !== 'null');
    const rest = { ...schema, type: types.length === 1 ? types[0] : types };
    if (schema.enum) rest.enum = schema.enum.filter(value => value !== null);
    return { schema: rest, isNullable: types.length < schema.type.length };
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    if (!Array.isArray(schema[keyword])) continue;
    const all = schema[keyword].map(part => resolved(part, root));
    const others = all.filter(part => part.type !== 'null' && part.const !== null);
    if (others.length === all.length) continue;
    const { [keyword]: _, ...beside } = schema;
    const rest = others.length === 1 ? resolved({ ...others[0], ...beside }, root) : { ...schema, [keyword]: others };
    return { schema: rest, isNullable: true };
  }
  return { schema, isNullable: false };
}

/** Returns the choices of an enumeration as `[{ value, title, help }]`, or undefined if it is not an enumeration. */
export function choices(schema, root) {
  if (Array.isArray(schema.enum)) {
    return schema.enum.map((value, at) => ({ value, title: schema.enumNames?.[at] ?? label(value) }));
  }
  const parts = (schema.oneOf ?? schema.anyOf)?.map(part => resolved(part, root));
  if (!parts?.length || !parts.every(part => 'const' in part || (Array.isArray(part.enum) && part.type !== 'object')))
    return undefined;
  return parts.flatMap(part =>
    'const' in part
      ? [{ value: part.const, title: part.title ?? label(part.const), help: part.description }]
      : part.enum.map(value => ({ value, title: label(value), help: part.description })),
  );
}

/** Returns true if only one value is allowed. */
export const isConstant = schema => 'const' in schema || schema.enum?.length === 1;

/** Returns that value. */
export const constant = schema => ('const' in schema ? schema.const : schema.enum[0]);

/** Returns the alternatives of a schema as `[{ title, schema }]`, or undefined if it has none. */
export function alternatives(schema, root) {
  const parts =
    schema.oneOf ??
    schema.anyOf ??
    (Array.isArray(schema.type) ? schema.type.map(type => ({ ...schema, type })) : undefined);
  if (!parts?.length) return undefined;
  const { oneOf, anyOf, ...beside } = schema;
  return parts.map((part, at) => {
    const alternative = merged(
      { ...beside, title: undefined, description: undefined, default: undefined },
      resolved(part, root),
    );
    return { title: titled(alternative, at, root), schema: alternative };
  });
}

/** Returns the label of an alternative: its title, discriminating tag, properties or type. */
function titled(schema, at, root) {
  if (schema.title) return schema.title;
  const properties = Object.entries(schema.properties ?? {});
  const tag = properties.map(([, property]) => resolved(property, root)).find(isConstant);
  if (tag) return label(constant(tag));
  if (properties.length)
    return properties
      .map(([name]) => name)
      .slice(0, 3)
      .join(', ');
  return typeOf(schema) ?? `Alternative ${at + 1}`;
}

/** Returns the type of a schema, derived from its keywords if it has none. */
export function typeOf(schema) {
  if (typeof schema.type === 'string') return schema.type;
  if (schema.properties || schema.additionalProperties) return 'object';
  if (schema.items || schema.prefixItems) return 'array';
  return undefined;
}

/** Returns the constraints of a schema as text, such as `integer, 1 to 50`. */
export function demands(schema) {
  const least = schema.minimum ?? schema.exclusiveMinimum;
  const most = schema.maximum ?? schema.exclusiveMaximum;
  const [above, below] = [
    schema.exclusiveMinimum !== undefined ? 'above ' : '',
    schema.exclusiveMaximum !== undefined ? 'below ' : '',
  ];
  return [
    schema.format ?? typeOf(schema),
    span(least, most, above, below, ''),
    span(schema.minLength, schema.maxLength, '', '', ' characters'),
    span(schema.minItems, schema.maxItems, '', '', ' entries'),
    schema.multipleOf && `a multiple of ${schema.multipleOf}`,
    schema.uniqueItems && 'no entry twice',
    schema.pattern && `pattern ${schema.pattern}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function span(least, most, above, below, unit) {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return above ? `above ${least}${unit}` : `at least ${least}${unit}`;
  if (least === undefined) return below ? `below ${most}${unit}` : `at most ${most}${unit}`;
  if (least === most) return `${least}${unit}`;
  return `${above}${least} to ${below}${most}${unit}`;
}

const label = value => (typeof value === 'string' ? value : JSON.stringify(value));
