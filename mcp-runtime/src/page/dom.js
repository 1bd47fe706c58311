// Elements. Text of a server is inserted as text, never as HTML.

/** Creates an element with attributes, listeners (`onclick`) and children. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child);
  }
}

/** Replaces the children of a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

let count = 0;
/** Returns an id that no other element has. */
export const fresh = (prefix = 'e') => `${prefix}-${++count}`;

/** Creates a button. */
export const button = (text, onclick, props = {}) => el('button', { type: 'button', onclick, ...props }, text);

/** Creates a link to another site, or plain text if the URL is not http or https. */
export function link(address, text = address) {
  if (!/^https?:\/\//i.test(address)) return document.createTextNode(text);
  return el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, text);
}

/** Creates a button that copies the result of `text`. */
export function copy(text, label = 'Copy') {
  const node = button(
    label,
    async () => {
      try {
        await navigator.clipboard.writeText(text());
        node.textContent = 'Copied';
      } catch {
        node.textContent = 'Cannot copy here';
      }
      setTimeout(() => {
        node.textContent = label;
      }, 1500);
    },
    { class: 'small' },
  );
  return node;
}

/** Creates tabs of panels: `[[title, node], ...]`. Arrow keys move between them. */
export function tabs(label, panels) {
  const pairs = panels.map(([title, panel]) => {
    const id = fresh('tab');
    const tab = button(title, () => show(tab), { role: 'tab', id, 'aria-controls': `${id}-panel` });
    return [tab, el('div', { role: 'tabpanel', id: `${id}-panel`, 'aria-labelledby': id, tabindex: 0 }, panel)];
  });
  const show = chosen => {
    for (const [tab, panel] of pairs) {
      tab.setAttribute('aria-selected', tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      panel.hidden = tab !== chosen;
    }
  };
  const onkeydown = event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = pairs.findIndex(([tab]) => tab === event.target);
    if (!step || at < 0) return;
    const [tab] = pairs[(at + step + pairs.length) % pairs.length];
    show(tab);
    tab.focus();
  };
  show(pairs[0][0]);
  const bar = el(
    'div',
    { role: 'tablist', class: 'tabs', 'aria-label': label, onkeydown },
    pairs.map(([tab]) => tab),
  );
  return el(
    'div',
    { class: 'tabbed' },
    bar,
    pairs.map(([, panel]) => panel),
  );
}

/** Creates a paragraph for an empty, loading or refused view. */
export const note = (text, kind = 'empty') => el('p', { class: `note ${kind}` }, text);
