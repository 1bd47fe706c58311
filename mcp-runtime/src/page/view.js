// Views (MCP Apps, SEP-1865): the document of a `ui://` resource in a frame with a separate origin, which exchanges
// JSON-RPC with this page by `postMessage`.

import { button, el, fill, link, note } from './dom.js';
import { reason } from './client.js';

const PROTOCOL = '2026-01-26';
const TYPE = 'text/html;profile=mcp-app';
const ORIGIN = /^(https:|wss:|http:|ws:)\/\/(\*\.)?[\w-]+(\.[\w-]+)*(:\d+|:\*)?$/i;

export class View {
  constructor({ page, uri, tool, values, result }) {
    Object.assign(this, { page, uri, tool, values, result });
    this.says = el('p', { class: 'faint', role: 'status' }, 'The view is read…');
    this.place = el('div', { class: 'view' });
    this.node = el('div', { class: 'content' }, el('h3', { class: 'minor' }, 'View'), this.place, this.says);
    this.load();
  }

  async load() {
    const exchange = await this.page.client.send('resources/read', { uri: this.uri });
    const contents = exchange.answer?.result?.contents?.[0];
    if (!contents) return fill(this.place, note(`The view cannot be read: ${reason(exchange)}`, 'error'));
    if (contents.mimeType !== TYPE)
      return fill(this.place, note(`The view is ${contents.mimeType}, not ${TYPE}.`, 'error'));
    const html =
      contents.text ??
      new TextDecoder().decode(Uint8Array.from(atob(contents.blob ?? ''), letter => letter.charCodeAt(0)));
    return this.frame(html, contents._meta?.ui ?? {});
  }

  frame(html, { csp, prefersBorder }) {
    const frame = el('iframe', {
      sandbox: 'allow-scripts allow-forms',
      referrerpolicy: 'no-referrer',
      title: `View of ${this.tool.name}`,
      class: prefersBorder === false ? '' : 'bordered',
    });
    let isWritten = false;
    const listen = ({ source, data }) => {
      if (!frame.isConnected && isWritten) return removeEventListener('message', listen);
      if (source !== frame.contentWindow) return undefined;
      if (!isWritten && data === 'ready') {
        isWritten = true;
        this.says.textContent = '';
        return frame.contentWindow.postMessage({ policy: policy(csp), html }, '*');
      }
      return this.take(frame, data);
    };
    addEventListener('message', listen);
    frame.src = new URL('page/view.html', document.baseURI).href;
    fill(this.place, frame);
  }

  /** Handles a message of the view. */
  async take(frame, message) {
    if (message?.jsonrpc !== '2.0' || typeof message.method !== 'string') return;
    const post = rest => frame.contentWindow?.postMessage({ jsonrpc: '2.0', ...rest }, '*');
    const { id, method, params = {} } = message;
    if (id === undefined) return void this.note(frame, method, params, post);
    try {
      post({ id, result: await this.answer(method, params) });
    } catch (error) {
      post({ id, error: error.rpc ?? { code: -32603, message: error.message } });
    }
  }

  note(frame, method, params, post) {
    if (method === 'ui/notifications/initialized') {
      post({ method: 'ui/notifications/tool-input', params: { arguments: this.values } });
      post({ method: 'ui/notifications/tool-result', params: this.result });
    } else if (method === 'ui/notifications/size-changed' && Number.isFinite(params.height)) {
      frame.style.height = `${Math.min(Math.max(params.height, 40), 2000)}px`;
    } else if (method === 'notifications/message') {
      this.says.textContent = `The view says: ${typeof params.data === 'string' ? params.data : JSON.stringify(params.data)}`;
    }
  }

  async answer(method, params) {
    switch (method) {
      case 'ui/initialize':
        return this.welcome();
      case 'ping':
        return {};
      case 'tools/call':
        return this.callTool(params);
      case 'resources/read':
        return this.forward('resources/read', { uri: params.uri });
      case 'ui/open-link':
        return this.openLink(params);
      case 'ui/message':
      case 'ui/update-model-context':
        this.says.textContent = `The view tells the model: ${JSON.stringify(params.content ?? params.structuredContent ?? params)}`;
        return {};
      case 'ui/request-display-mode':
        return { mode: 'inline' };
      default:
        throw refused(-32601, `this host does not support ${method}`);
    }
  }

  welcome() {
    const { name, title, description, inputSchema } = this.tool;
    const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    return {
      protocolVersion: PROTOCOL,
      hostInfo: { name: 'mcp-runtime-page', version: '1' },
      hostCapabilities: { openLinks: {}, serverTools: {}, serverResources: {}, logging: {} },
      hostContext: {
        toolInfo: { tool: { name, title, description, inputSchema } },
        theme: document.documentElement.dataset.theme || theme,
        displayMode: 'inline',
        availableDisplayModes: ['inline'],
        platform: 'web',
        locale: navigator.language,
      },
    };
  }

  callTool({ name, arguments: values }) {
    const tool = this.page.tools.find(tool => tool.name === name);
    const visibility = tool?._meta?.ui?.visibility ?? ['model', 'app'];
    if (!tool || !visibility.includes('app')) throw refused(-32602, `a view may not call ${name}`);
    return this.forward('tools/call', { name, arguments: values });
  }

  async forward(method, params) {
    const exchange = await this.page.client.send(method, params);
    if (exchange.answer?.result) return exchange.answer.result;
    throw Object.assign(new Error(reason(exchange)), { rpc: exchange.answer?.error });
  }

  /** Opens a link after the user confirms. */
  openLink({ url }) {
    const address = String(url ?? '');
    if (!/^https?:\/\//i.test(address)) throw refused(-32602, 'only http and https links are opened');
    fill(
      this.says,
      'The view wants to open ',
      link(address),
      ' ',
      button('Dismiss', () => fill(this.says), { class: 'small' }),
    );
    return {};
  }
}

const refused = (code, message) => Object.assign(new Error(message), { rpc: { code, message } });

/** Returns the content security policy of a view: only the declared origins. */
export function policy({ resourceDomains, connectDomains, frameDomains, baseUriDomains } = {}) {
  const allowed = domains => (Array.isArray(domains) ? domains : []).filter(domain => ORIGIN.test(domain)).join(' ');
  const [resources, connections] = [allowed(resourceDomains), allowed(connectDomains)];
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline' ${resources}`,
    `style-src 'unsafe-inline' ${resources}`,
    `img-src data: blob: ${resources}`,
    `font-src data: ${resources}`,
    `media-src data: blob: ${resources}`,
    `connect-src ${connections || "'none'"}`,
    `frame-src ${allowed(frameDomains) || "'none'"}`,
    `base-uri ${allowed(baseUriDomains) || "'none'"}`,
    "form-action 'none'",
  ].join('; ');
}
