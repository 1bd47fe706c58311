// The panel of one call: its state, progress, logs and input requests while it runs, then its result and its messages
// on the wire.

import { button, copy, el, fill, note, tabs } from './dom.js';
import { block, pretty } from './json.js';

const WORDS = {
  running: 'Running…',
  asking: 'Waiting for your answer',
  task: 'Runs as a task',
  ok: 'Done',
  error: 'The result is an error',
  refused: 'Refused',
  failed: 'No answer',
  cancelled: 'Cancelled',
};

export class Panel {
  constructor(title) {
    this.state = el('p', { class: 'state running', role: 'status' });
    this.bar = el('div', { class: 'progress', hidden: true });
    this.logs = el('div', { class: 'logs', role: 'log', tabindex: 0, 'aria-label': 'Log messages', hidden: true });
    this.questions = el('div', { class: 'questions' });
    this.body = el('div', { class: 'outcome' });
    this.stop = button('Cancel', () => this.oncancel?.(), { class: 'small' });
    this.node = el(
      'section',
      { class: 'panel', 'aria-label': title, tabindex: -1 },
      el('div', { class: 'panel-head' }, this.state, this.stop),
      this.bar,
      this.logs,
      this.questions,
      this.body,
    );
    this.show('running');
  }

  /** Sets the state, followed by `detail`. */
  show(kind, detail = '') {
    this.state.className = `state ${kind}`;
    this.state.textContent = WORDS[kind] + (detail && ` ${detail}`);
    this.stop.hidden = !['running', 'asking', 'task'].includes(kind);
    if (this.stop.hidden) this.bar.hidden = true;
  }

  /** Handles a notification of the call. */
  take({ method, params = {} }) {
    if (method === 'notifications/progress') this.progress(params);
    if (method === 'notifications/message') this.log(params);
  }

  progress({ progress, total, message = '' }) {
    const words = total ? `${progress} of ${total}` : String(progress);
    this.bar.hidden = false;
    fill(
      this.bar,
      el('progress', { value: total ? progress : undefined, max: total || undefined, 'aria-label': 'Progress' }),
      el('span', {}, `${words} ${message}`),
    );
    this.line('progress', `${words} ${message}`);
  }

  log({ level, logger, data }) {
    this.line(String(level), `${logger ? `${logger}: ` : ''}${typeof data === 'string' ? data : pretty(data)}`);
  }

  line(level, words) {
    this.logs.hidden = false;
    const kind = /^[a-z]+$/.test(level) ? level : 'info';
    this.logs.append(el('div', { class: `log ${kind}` }, el('span', { class: 'level' }, level), el('span', {}, words)));
    while (this.logs.children.length > 500) this.logs.firstChild.remove();
    this.logs.scrollTop = this.logs.scrollHeight;
  }

  /** Shows the result and the exchanges. */
  finish(nodes, exchanges) {
    const isLeft = document.activeElement === document.body || this.questions.contains(document.activeElement);
    fill(this.questions);
    fill(
      this.body,
      tabs('Outcome', [
        ['Result', nodes.length ? nodes : note('The result is empty.')],
        ['Request', exchanges.map(sent)],
        ['Answer', exchanges.map(received)],
      ]),
    );
    if (isLeft) this.node.focus({ preventScroll: true });
  }
}

const TITLES = ['First round', 'Second round', 'Third round'];
const heading = (at, count) => count > 1 && el('h3', { class: 'minor' }, TITLES[at] ?? `Round ${at + 1}`);

function sent({ request, headers }, at, all) {
  const text = pretty(request);
  return el(
    'div',
    { class: 'wire' },
    heading(at, all.length),
    el(
      'div',
      { class: 'row' },
      copy(() => text, 'Copy the message'),
      copy(() => curl(headers, request), 'Copy as curl'),
    ),
    table(headers, 'Headers of the request'),
    block(text, 'Request'),
  );
}

function received({ status, answered, messages, answer, failure, text, ms }, at, all) {
  return el(
    'div',
    { class: 'wire' },
    heading(at, all.length),
    el('p', {}, status ? `HTTP ${status}` : (failure ?? ''), el('span', { class: 'faint' }, ` after ${time(ms)}`)),
    table(answered, 'Headers of the response'),
    el(
      'div',
      { class: 'row' },
      copy(() => pretty(answer ?? text), 'Copy the response'),
    ),
    messages.length > 0 &&
      el(
        'details',
        {},
        el('summary', {}, `${messages.length} notifications`),
        messages.map(message => block(message, 'Notification')),
      ),
    answer ? block(answer, 'Answer') : text && el('pre', { class: 'text' }, text),
  );
}

function table(headers, label) {
  const rows = Object.entries(headers).map(([name, value]) =>
    el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value)),
  );
  return (
    rows.length > 0 &&
    el('details', {}, el('summary', {}, label), el('div', { class: 'scroll' }, el('table', {}, el('tbody', {}, rows))))
  );
}

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

function curl(headers, request) {
  const all = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [
    'curl',
    '-N',
    quoted(new URL('mcp', document.baseURI).href),
    ...all,
    '--data-raw',
    quoted(JSON.stringify(request)),
  ].join(' ');
}

/** Returns the text of a duration. */
export function time(ms) {
  if (ms < 1) return '< 1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
