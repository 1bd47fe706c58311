// URI templates (RFC 6570): their variables, and their expansion.

const KINDS = {
  '': ['', ',', false],
  '+': ['', ',', false],
  '#': ['#', ',', false],
  '.': ['.', '.', false],
  '/': ['/', '/', false],
  ';': [';', ';', true],
  '?': ['?', '&', true],
  '&': ['&', '&', true],
};

const EXPRESSION = /\{([+#./;?&]?)([^{}]+)\}/g;

/** Returns the names of the variables, each once. */
export function variables(template) {
  const names = [...template.matchAll(EXPRESSION)].flatMap(([, , list]) => list.split(',').map(name));
  return [...new Set(names)];
}

/** Expands a template; a variable without a value is omitted. */
export function expand(template, values) {
  return template.replace(EXPRESSION, (_, kind, list) => {
    const [first, between, isNamed] = KINDS[kind];
    const parts = list
      .split(',')
      .filter(spec => values[name(spec)] !== undefined && values[name(spec)] !== '')
      .map(spec => {
        const value = (kind === '+' || kind === '#' ? reserved : encoded)(cut(values[name(spec)], spec), spec);
        return isNamed ? `${name(spec)}=${value}` : value;
      });
    return parts.length ? first + parts.join(between) : '';
  });
}

const name = spec => spec.replace(/\*$|:\d+$/, '');
const cut = (value, spec) => {
  const most = /:(\d+)$/.exec(spec)?.[1];
  return most ? [...value].slice(0, most).join('') : value;
};
const strictly = text =>
  encodeURIComponent(text).replace(/[!'()*]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
const reserved = text => encodeURI(text).replaceAll('%25', '%').replaceAll('%5B', '[').replaceAll('%5D', ']');
const encoded = (text, spec) => (spec.endsWith('*') ? text.split('/').map(strictly).join('/') : strictly(text));
