// A call from its first request to its end: rounds with input requests, and a task.

import { ask } from './ask.js';
import { reason } from './client.js';
import { fill, note } from './dom.js';
import { history } from './history.js';
import { block } from './json.js';
import { Panel, time } from './panel.js';
import { follow } from './tasks.js';

const ROUNDS = 20;

/** Sends a request in a panel at `place`. `render` creates the nodes of its result. */
export async function call({ client, place, method, params, title, mirrored, render }) {
  const panel = new Panel(`Call of ${title}`);
  fill(place, panel.node);
  const abort = new AbortController();
  panel.oncancel = () => abort.abort();
  const record = history.begin(method, title, panel.node);
  const exchanges = record.exchanges;
  const end = (kind, nodes, detail) => {
    const ms = exchanges.reduce((sum, { ms }) => sum + ms, 0);
    panel.show(kind, detail ?? `after ${time(ms)}`);
    panel.finish(nodes, exchanges);
    history.end(record, kind, ms);
    panel.node.scrollIntoView({ block: 'nearest' });
    return kind;
  };
  let round = params;
  for (let count = 0; count < ROUNDS; count += 1) {
    panel.show('running');
    const exchange = await client.send(method, round, {
      signal: abort.signal,
      mirrored,
      onmessage: message => message.method && panel.take(message),
    });
    exchanges.push(exchange);
    const result = exchange.answer?.result;
    if (abort.signal.aborted)
      return end('cancelled', [
        note('The request was cancelled by closing its connection.'),
      ]);
    if (!result) return end(exchange.status ? 'refused' : 'failed', refusal(exchange));
    if (result.resultType === 'task')
      return follow({ client, panel, task: result, title, abort, exchanges, end, render });
    if (result.resultType !== 'input_required') return end(result.isError ? 'error' : 'ok', render(result));
    panel.show('asking');
    const inputResponses = await ask(panel.questions, result.inputRequests ?? {}, abort.signal);
    if (!inputResponses) return end('cancelled', [note('The input requests were not answered.')]);
    round = {
      ...params,
      inputResponses,
      ...(result.requestState !== undefined && { requestState: result.requestState }),
    };
  }
  return end('failed', [note(`The server requested input ${ROUNDS} times, the maximum of this page.`, 'error')]);
}

/** Creates the nodes for a failed request: the error, its reason and the remedy. */
export function refusal(exchange) {
  const { answer, status, answered } = exchange;
  const nodes = [note(reason(exchange), 'error')];
  const { code, data } = answer?.error ?? {};
  const advice = {
    401: 'Authentication is required: enter a token under “Access”.',
    403: 'The caller is not authorized for this request.',
    429: 'A limit was reached. “Limits” lists the limits in force.',
    503: 'The server accepts no further requests at the moment.',
  }[status];
  const wait = answered['retry-after'];
  nodes.push(
    note(
      [status && `HTTP ${status}`, code !== undefined && `code ${code}`, wait && `try again after ${wait} s`]
        .filter(Boolean)
        .join(', '),
      'faint',
    ),
  );
  if (advice) nodes.push(note(advice, 'faint'));
  if (data !== undefined) nodes.push(block(data, 'Details of the error'));
  return nodes;
}
