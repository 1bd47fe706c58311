// A connected client of either version of the SDK, which records the server's notifications and requests, and its own
// responses.

export const CLIENT = { name: "check", version: "1.0.0" };
export const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };

const FORM = { username: "ada", email: "ada@example.com", name: "Ada", confirm: true, ok: true };

// Returns the response of the user, the model or the host to a request of the server.
const ANSWERS = {
  "elicitation/create": ({ requestedSchema }) => ({
    action: "accept",
    content: Object.fromEntries(Object.keys(requestedSchema.properties).map((field) => [field, FORM[field] ?? "Ada"])),
  }),
  "sampling/createMessage": () => ({
    role: "assistant",
    content: { type: "text", text: "Paris" },
    model: "test-model",
    stopReason: "endTurn",
  }),
  "roots/list": () => ({ roots: [{ uri: "file:///test/root", name: "Test Root" }] }),
};

export class Peer {
  told = []; // notifications: [method, params]
  asked = []; // requests of the server's: [method, params]

  // `sdk` is sdk1.mjs or sdk2.mjs.
  constructor(sdk, client) {
    this.sdk = sdk;
    this.client = client;
    client.fallbackNotificationHandler = async ({ method, params }) => void this.told.push([method, params ?? {}]);
    for (const [method, answer] of Object.entries(ANSWERS)) {
      sdk.onRequest(client, method, async ({ params }) => {
        this.asked.push([method, params]);
        return answer(params);
      });
    }
  }

  async connect(transport) {
    this.transport = transport;
    await this.client.connect(transport, { timeout: 30_000 });
    this.version = this.sdk.revision(this.client, transport);
    this.era = this.version === "2026-07-28" ? "modern" : "legacy";
    this.server = this.client.getServerVersion()?.name;
  }

  async list(method, member) {
    const entries = [];
    for (let cursor; ; ) {
      const page = await this.client[method](cursor === undefined ? {} : { cursor });
      entries.push(...page[member]);
      cursor = page.nextCursor;
      if (cursor === undefined) return entries;
    }
  }

  call(name, args = {}, options = {}) {
    return this.sdk.callTool(this.client, { name, arguments: args }, options);
  }

  async callWithLog(name) {
    if (this.era === "modern") {
      const _meta = { "io.modelcontextprotocol/logLevel": "info" };
      return this.sdk.callTool(this.client, { name, arguments: {}, _meta });
    }
    await this.client.setLoggingLevel("info");
    return this.call(name);
  }

  // Returns the params of the first notification of this method; `undefined` if it does not arrive.
  async hear(method, seconds = 5) {
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      const found = this.told.find(([told]) => told === method);
      if (found) return found[1];
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  // Subscribes to the resource and to the lists; returns a function that ends it.
  async watch(uri) {
    if (this.era === "modern") {
      const wanted = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: [uri] };
      const stream = await this.client.listen(wanted);
      return () => stream.close();
    }
    await this.client.subscribeResource({ uri });
    return () => this.client.unsubscribeResource({ uri });
  }

  // Calls a tool, and cancels the call once it has reported progress.
  async cancel(name) {
    const controller = new AbortController();
    const options = { signal: controller.signal, onprogress: () => controller.abort("no longer wanted") };
    await this.call(name, {}, options).catch(() => {});
  }

  async close() {
    if (this.transport?.terminateSession) await this.transport.terminateSession();
    await this.client.close();
  }
}
