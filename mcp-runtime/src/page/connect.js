// How clients are told of this server: the entry of each to copy.

import { copy, el } from './dom.js';

const json = value => JSON.stringify(value, null, 2);

/** The clients: each with the file or command, and the text for a server called `name` at `url`. */
const CLIENTS = [
  ['Claude Code', 'a command', (name, url) => `claude mcp add --transport http ${name} ${url}`],
  [
    'Claude Desktop',
    'claude_desktop_config.json',
    (name, url) => json({ mcpServers: { [name]: { command: 'npx', args: ['-y', 'mcp-remote', url] } } }),
  ],
  ['VS Code', '.vscode/mcp.json', (name, url) => json({ servers: { [name]: { type: 'http', url } } })],
  ['Cursor', '.cursor/mcp.json', (name, url) => json({ mcpServers: { [name]: { url } } })],
  ['Zed', 'settings.json', (name, url) => json({ context_servers: { [name]: { url } } })],
  ['Codex CLI', '~/.codex/config.toml', (name, url) => `[mcp_servers.${name}]\nurl = ${JSON.stringify(url)}`],
  ['Gemini CLI', '~/.gemini/settings.json', (name, url) => json({ mcpServers: { [name]: { httpUrl: url } } })],
  [
    'Goose',
    '~/.config/goose/config.yaml',
    (name, url) =>
      `extensions:\n  ${name}:\n    name: ${name}\n    type: streamable_http\n    uri: ${JSON.stringify(url)}\n    enabled: true\n    timeout: 300`,
  ],
  ['Inspector', 'a command', (name, url) => `npx @modelcontextprotocol/inspector --transport http --server-url ${url}`],
];

/** The section of the clients. */
export function section({ info }) {
  const name = (info.name ?? 'server').replace(/[^\w-]+/g, '-') || 'server';
  const url = new URL('mcp', document.baseURI).href;
  return {
    detail: () =>
      el(
        'div',
        {},
        el('h2', {}, 'Connect a client'),
        el(
          'p',
          {},
          'The endpoint is ',
          el('code', {}, url),
          ' ',
          copy(() => url),
        ),
        CLIENTS.map(([client, where, write]) => {
          const text = write(name, url);
          return el(
            'section',
            { class: 'snippet' },
            el(
              'div',
              { class: 'row' },
              el('h3', {}, client),
              el('span', { class: 'faint' }, where),
              copy(() => text),
            ),
            el('pre', { class: 'text', tabindex: 0, role: 'region', 'aria-label': `Entry for ${client}` }, text),
          );
        }),
      ),
  };
}
