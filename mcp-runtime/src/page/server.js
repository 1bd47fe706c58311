// The data of the server that the sections show.

import { TASKS } from './client.js';
import * as limits from './limits.js';

/** Loads the data of the server into `page`; returns the failed exchange, if any. */
export async function discover(page) {
  const exchange = await page.client.send('server/discover');
  const found = exchange.answer?.result;
  if (!found) return exchange;
  const { capabilities = {} } = found;
  page.info = found._meta?.['io.modelcontextprotocol/serverInfo'] ?? {};
  page.instructions = found.instructions;
  page.capabilities = capabilities;
  page.versions = found.supportedVersions ?? [];
  page.has = {
    completions: 'completions' in capabilities,
    tasks: TASKS in (capabilities.extensions ?? {}),
    subscribe: capabilities.resources?.subscribe,
    tools: capabilities.tools?.listChanged,
    prompts: capabilities.prompts?.listChanged,
    resources: capabilities.resources?.listChanged,
  };
  return lists(page);
}

async function lists(page) {
  const { client, capabilities } = page;
  const all = (has, method, member) => (has ? client.all(method, member) : []);
  try {
    [page.tools, page.resources, page.templates, page.prompts, page.limits] = await Promise.all([
      all(capabilities.tools, 'tools/list', 'tools'),
      all(capabilities.resources, 'resources/list', 'resources'),
      all(capabilities.resources, 'resources/templates/list', 'resourceTemplates'),
      all(capabilities.prompts, 'prompts/list', 'prompts'),
      limits.read(client.token),
    ]);
    return undefined;
  } catch (error) {
    return error.exchange ?? { failure: error.message };
  }
}
