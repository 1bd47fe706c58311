// Tasks: polled in the panel of their call, and looked up by id.

import { ask } from './ask.js';
import { refusal } from './call.js';
import { button, el, fill, fresh, note } from './dom.js';
import { block } from './json.js';

const ENDED = ['completed', 'failed', 'cancelled'];

/** The tasks of this page, the latest first: `{ taskId, title, status }`. */
export const known = [];

/** Polls a task until it ends, answers its input requests, and ends the panel. */
export async function follow({ client, panel, task, title, abort, exchanges, end, render }) {
  const entry = { taskId: task.taskId, title, status: task.status };
  known.unshift(entry);
  panel.oncancel = async () => {
    abort.abort();
    exchanges.push(await client.send('tasks/cancel', { taskId: task.taskId }));
  };
  const answered = new Set();
  let pause = task.pollIntervalMs;
  for (;;) {
    panel.show('task', `${task.taskId}: ${entry.status}`);
    await wait(Math.min(Math.max(pause ?? 1000, 100), 10_000));
    const exchange = await client.send('tasks/get', { taskId: task.taskId });
    keep(exchanges, exchange);
    const now = exchange.answer?.result;
    if (!now) return end('refused', refusal(exchange));
    entry.status = now.status;
    pause = now.pollIntervalMs;
    if (now.statusMessage) panel.progress({ progress: now.status, message: now.statusMessage });
    const open = Object.entries(now.inputRequests ?? {}).filter(([key]) => !answered.has(key));
    if (open.length) await reply({ client, panel, taskId: task.taskId, open, answered, abort, exchanges });
    if (ENDED.includes(now.status)) return end(...outcome(now, render));
  }
}

/** Keeps only the last of the equal polls. */
function keep(exchanges, exchange) {
  if (exchanges.at(-1)?.request.method === 'tasks/get') exchanges.pop();
  exchanges.push(exchange);
}

async function reply({ client, panel, taskId, open, answered, abort, exchanges }) {
  panel.show('asking', `(task ${taskId})`);
  const inputResponses = await ask(panel.questions, Object.fromEntries(open), abort.signal);
  open.forEach(([key]) => answered.add(key));
  const method = inputResponses ? 'tasks/update' : 'tasks/cancel';
  exchanges.push(await client.send(method, inputResponses ? { taskId, inputResponses } : { taskId }));
}

function outcome({ status, result, error }, render) {
  if (status === 'completed') return [result?.isError ? 'error' : 'ok', render(result ?? {})];
  if (status === 'cancelled') return ['cancelled', [note('The task was cancelled.')]];
  return ['refused', [note(error?.message ?? 'The task failed.', 'error'), error && block(error, 'Error')]];
}

const wait = ms =>
  new Promise(resolve => {
    setTimeout(resolve, ms);
  });

/** The section of the tasks. */
export function section({ client, has }) {
  if (!has.tasks) return { detail: () => note('This server has no tasks.') };
  return {
    detail() {
      const id = fresh('task');
      const input = el('input', { id, spellcheck: 'false', autocomplete: 'off', required: true });
      const place = el('div', { 'aria-live': 'polite' });
      const look = async (method, taskId) => {
        const exchange = await client.send(method, { taskId });
        fill(place, exchange.answer?.result ? block(exchange.answer.result, 'The task') : refusal(exchange));
      };
      const rows = known.map(({ taskId, title, status }) =>
        el(
          'li',
          { class: 'row' },
          el('span', {}, title, ' ', el('code', {}, taskId)),
          el('span', { class: 'badge' }, status),
          button('Look', () => look('tasks/get', taskId), {
            class: 'small',
            'aria-label': `Look at the task of ${title}`,
          }),
          !ENDED.includes(status) &&
            button('Cancel', () => look('tasks/cancel', taskId), {
              class: 'small',
              'aria-label': `Cancel the task of ${title}`,
            }),
        ),
      );
      return el(
        'div',
        {},
        el('h2', {}, 'Tasks'),
        el(
          'p',
          {},
          'A call that the server runs as a task appears here, and can be looked at by its id for as long as the server keeps it.',
        ),
        rows.length ? el('ul', { class: 'rows' }, rows) : note('No call of this page has become a task yet.'),
        el(
          'form',
          {
            class: 'inline',
            onsubmit: event => {
              event.preventDefault();
              look('tasks/get', input.value.trim());
            },
          },
          el('label', { for: id }, 'Task id'),
          input,
          el('button', { type: 'submit' }, 'Look it up'),
          button('Cancel it', () => input.reportValidity() && look('tasks/cancel', input.value.trim())),
        ),
        place,
      );
    },
  };
}
