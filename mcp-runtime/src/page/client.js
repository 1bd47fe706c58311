// A client of `/mcp` in the revision 2026-07-28: one POST for each request, with a JSON or event stream response.

import { parse } from './json.js';
import { events } from './sse.js';

export const VERSION = '2026-07-28';
export const UI = 'io.modelcontextprotocol/ui';
export const TASKS = 'io.modelcontextprotocol/tasks';
const META = 'io.modelcontextprotocol/';
const PAGES = 200; // maximum number of pages of a list
const NAMED = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

export class Client {
  /** The bearer token, if there is one. */
  token = '';
  /** The minimum level of requested log messages, if any. */
  logLevel = '';
  /** The optional capabilities. */
  offers = { elicitation: true, sampling: true, roots: true, tasks: true };
  #id = 0;

  constructor(endpoint) {
    this.endpoint = endpoint;
  }

  /** Sends a request; returns the exchange with its duration. `mirrored` are headers that repeat arguments. */
  async send(method, params = {}, { signal, onmessage, mirrored = {} } = {}) {
    const id = ++this.#id;
    const request = { jsonrpc: '2.0', id, method, params: { ...params, _meta: this.#meta(id, method) } };
    const headers = this.#headers(method, params, mirrored);
    const exchange = {
      request,
      headers: shown(headers),
      messages: [],
      status: 0,
      answered: {},
      answer: undefined,
      ms: 0,
    };
    const begun = performance.now();
    const take = message => {
      if (message.id === id && ('result' in message || 'error' in message)) exchange.answer = message;
      else exchange.messages.push(message);
      onmessage?.(message);
    };
    try {
      const response = await fetch(this.endpoint, {
        method: 'POST',
        headers,
        body: JSON.stringify(request),
        signal,
        credentials: 'omit',
      });
      exchange.status = response.status;
      exchange.answered = Object.fromEntries(response.headers);
      await read(response, take, exchange);
    } catch (error) {
      exchange.failure = signal?.aborted ? 'cancelled' : `No response from ${this.endpoint}: ${error.message}`;
    }
    exchange.ms = performance.now() - begun;
    return exchange;
  }

  /** Sends a request and returns its result; an error is thrown as text. */
  async result(method, params, options) {
    const exchange = await this.send(method, params, options);
    if (exchange.answer?.result) return exchange.answer.result;
    throw Object.assign(new Error(reason(exchange)), { exchange });
  }

  /** Reads all pages of a list. */
  async all(method, member) {
    const entries = [];
    let cursor;
    for (let pages = 0; pages < PAGES; pages += 1) {
      const page = await this.result(method, cursor === undefined ? {} : { cursor });
      entries.push(...(page[member] ?? []));
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    return entries;
  }

  #meta(id, method) {
    const { elicitation, sampling, roots, tasks } = this.offers;
    const capabilities = {
      ...(elicitation && { elicitation: { form: {}, url: {} } }),
      ...(sampling && { sampling: {} }),
      ...(roots && { roots: {} }),
      extensions: {
        [UI]: { mimeTypes: ['text/html;profile=mcp-app'] },
        ...((tasks || method.startsWith('tasks/')) && { [TASKS]: {} }),
      },
    };
    return {
      [`${META}protocolVersion`]: VERSION,
      [`${META}clientInfo`]: { name: 'mcp-runtime-page', version: '1' },
      [`${META}clientCapabilities`]: capabilities,
      ...(this.logLevel && { [`${META}logLevel`]: this.logLevel }),
      ...(method in NAMED && { progressToken: id }),
    };
  }

  #headers(method, params, mirrored) {
    const name = params[NAMED[method]];
    return {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': VERSION,
      'Mcp-Method': method,
      ...(name !== undefined && { 'Mcp-Name': encoded(name) }),
      ...Object.fromEntries(Object.entries(mirrored).map(([header, value]) => [`Mcp-Param-${header}`, encoded(value)])),
      ...(this.token && { Authorization: `Bearer ${this.token}` }),
    };
  }
}

async function read(response, take, exchange) {
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    for await (const data of events(response.body)) take(parse(data));
    return;
  }
  const text = await response.text();
  try {
    const message = parse(text);
    if (message.error && message.id === undefined) exchange.answer = message;
    else take(message);
  } catch {
    exchange.text = text.slice(0, 2000);
  }
}

/** Returns the reason of a failed request. */
export function reason({ answer, failure, text, status }) {
  return answer?.error?.message ?? failure ?? (text || `The server returned ${status} without a message.`);
}

/** Returns a header value, in Base64 if it is not valid otherwise (SEP-2243). */
function encoded(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[!-~]([ -~]*[!-~])?$/.test(text) && !text.startsWith('=?base64?')) return text;
  const bytes = new TextEncoder().encode(text);
  return `=?base64?${btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))}?=`;
}

/** Masks the token in everything that is shown or copied. */
const shown = headers => ('Authorization' in headers ? { ...headers, Authorization: 'Bearer ••••' } : headers);
