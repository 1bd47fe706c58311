// Checks of example-conformance, the same for every client.

import { check } from "./tally.mjs";

const LISTS = [
  [
    "listTools",
    "tools",
    "name",
    ["test_simple_text", "test_tool_with_progress", "test_elicitation", "test_sampling", "test_touch_resource"],
  ],
  ["listResources", "resources", "uri", ["test://static-text", "test://static-binary", "test://watched-resource"]],
  ["listResourceTemplates", "resourceTemplates", "uriTemplate", ["test://template/{id}/data"]],
  [
    "listPrompts",
    "prompts",
    "name",
    ["test_simple_prompt", "test_prompt_with_arguments", "test_prompt_with_embedded_resource", "test_prompt_with_image"],
  ],
];
const WATCHED = "test://watched-resource";
const UPDATED = "notifications/resources/updated";
const TOOLS_CHANGED = "notifications/tools/list_changed";
const PROMPTS_CHANGED = "notifications/prompts/list_changed";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const textOf = (result) => result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");
const messageOf = (prompt, number = 0) => prompt.messages?.[number]?.content ?? {};
// Returns the error of a call, or its result if it succeeds.
const errorOf = (call) => call.catch((error) => ({ code: error.code, data: error.data, message: error.message }));

async function lists(peer) {
  for (const [method, member, key, expected] of LISTS) {
    const entries = await peer.list(method, member);
    const keys = entries.map((entry) => entry[key]);
    const ok = expected.every((name) => keys.includes(name)) && new Set(keys).size === keys.length;
    check(`lists ${member} over all pages, none twice`, ok, keys);
    check(`describes all ${member}`, entries.every((entry) => entry.description), entries);
    const prompt = entries.find((entry) => entry.name === "test_prompt_with_arguments");
    if (!prompt) continue;
    const args = prompt.arguments.map(({ name, required }) => [name, required]);
    check("lists a prompt's arguments", same(args, [["arg1", true], ["arg2", true]]), prompt);
  }
}

async function resources(peer) {
  let { contents } = await peer.client.readResource({ uri: "test://static-text" });
  let [{ uri, mimeType, text }] = contents;
  let ok = uri === "test://static-text" && mimeType === "text/plain";
  check("reads a text", ok && text === "This is the content of the static text resource.", contents);

  ({ contents } = await peer.client.readResource({ uri: "test://static-binary" }));
  ok = contents[0].mimeType === "image/png" && contents[0].blob.startsWith("iVBORw0KGgo");
  check("reads a blob", ok, contents);

  ({ contents } = await peer.client.readResource({ uri: "test://template/123/data" }));
  ok = contents[0].uri === "test://template/123/data";
  const data = { id: "123", templateTest: true, data: "Data for ID: 123" };
  check("reads what a template names", ok && same(JSON.parse(contents[0].text), data), contents);

  const code = peer.sdk.NOT_FOUND[peer.era];
  const error = await errorOf(peer.client.readResource({ uri: "test://no-such-resource" }));
  ok = error.code === code && error.data?.uri === "test://no-such-resource";
  check(`an unknown resource is error ${code} with its uri`, ok, error);
}

async function prompts(peer) {
  let prompt = await peer.client.getPrompt({ name: "test_simple_prompt" });
  let ok = prompt.messages[0].role === "user" && messageOf(prompt).text === "This is a simple prompt for testing.";
  check("gets a prompt", ok, prompt);

  prompt = await peer.client.getPrompt({ name: "test_prompt_with_arguments", arguments: { arg1: "hello", arg2: "world" } });
  ok = messageOf(prompt).text === "Prompt with arguments: arg1='hello', arg2='world'";
  check("gets a prompt with arguments", ok, prompt);

  const resourceUri = "test://example-resource";
  prompt = await peer.client.getPrompt({ name: "test_prompt_with_embedded_resource", arguments: { resourceUri } });
  ok = messageOf(prompt).resource?.uri === resourceUri && messageOf(prompt, 1).type === "text";
  check("gets a prompt with a resource", ok, prompt);

  prompt = await peer.client.getPrompt({ name: "test_prompt_with_image" });
  check("gets a prompt with an image", messageOf(prompt).mimeType === "image/png", prompt);

  for (const [name, args] of [["no_such_prompt", {}], ["test_prompt_with_arguments", { arg1: "hello" }]]) {
    const error = await errorOf(peer.client.getPrompt({ name, arguments: args }));
    check(`prompt ${name} ${JSON.stringify(args)} is error -32602`, error.code === -32602, error);
  }

  const ref = { type: "ref/prompt", name: "test_prompt_with_arguments" };
  const { completion } = await peer.client.complete({ ref, argument: { name: "arg1", value: "par" } });
  ok = completion.values.length > 0 && completion.values.every((value) => value.startsWith("par"));
  check("completes an argument", ok, completion);
}

async function results(peer) {
  let result = await peer.call("test_multiple_content_types");
  const types = result.content.map((block) => block.type);
  check("gets text, an image and a resource", same(types, ["text", "image", "resource"]), result);

  result = await peer.call("test_error_handling");
  const ok = result.isError === true && textOf(result) === "This tool intentionally returns an error for testing";
  check("gets the error of a tool", ok, result);
}

async function reports(peer) {
  const seen = [];
  await peer.call("test_tool_with_progress", {}, { onprogress: ({ progress, total }) => seen.push([progress, total]) });
  check("progress arrives", same(seen, [[0, 100], [50, 100], [100, 100]]), seen);

  await peer.callWithLog("test_tool_with_logging");
  const logged = peer.told.filter(([method]) => method === "notifications/message").map(([, { data }]) => data);
  const expected = ["Tool execution started", "Tool processing data", "Tool execution completed"];
  check("the log arrives", same(logged, expected), logged);
}

// A feature that revision 2025-03-26 does not define is a tool error.
async function unasked(peer) {
  const result = await peer.call("test_elicitation", { message: "Who are you?" });
  const ok = result.isError === true && textOf(result).includes("elicitation") && peer.asked.length === 0;
  check("a question that the revision does not have is a tool error", ok, [result, peer.asked]);
}

async function forms(peer) {
  const { asked } = peer;
  let result = await peer.call("test_elicitation", { message: "Who are you?" });
  const text = textOf(result);
  let ok = !result.isError && text.startsWith("User response:") && text.includes("ada@example.com");
  check("answers a question to the user", ok, result);
  const [method, params] = asked.at(-1) ?? [];
  ok = method === "elicitation/create" && params.message === "Who are you?";
  ok &&= same(params.requestedSchema.required?.toSorted(), ["email", "username"]);
  check("the question is the tool's", ok, asked);

  asked.length = 0;
  result = await peer.call("test_input_required_result_multiple_inputs");
  const methods = asked.map(([method]) => method).toSorted();
  ok = !result.isError && same(methods, ["elicitation/create", "roots/list", "sampling/createMessage"]);
  check("answers three questions of one call", ok, [result, asked]);

  asked.length = 0;
  result = await peer.call("test_input_required_result_multi_round");
  check("answers one question after the other", !result.isError && asked.length === 2, [result, asked]);

  asked.length = 0;
  const prompt = await peer.client.getPrompt({ name: "test_input_required_result_prompt" });
  check("answers the question of a prompt", prompt.messages.length > 0 && asked.length === 1, [prompt, asked]);
}

async function questions(peer) {
  await (peer.version === "2025-03-26" ? unasked(peer) : forms(peer));

  const { asked } = peer;
  asked.length = 0;
  let result = await peer.call("test_sampling", { prompt: "What is the capital of France?" });
  check("answers a question to the model", !result.isError && textOf(result) === "LLM response: Paris", result);
  const [method, params] = asked.at(-1) ?? [];
  const ok = method === "sampling/createMessage" && params.maxTokens === 100;
  check("the prompt is the tool's", ok && JSON.stringify(params.messages).includes("capital of France"), asked);

  asked.length = 0;
  result = await peer.call("test_input_required_result_list_roots");
  const listed = textOf(result).includes("file:///test/root") && asked.length === 1;
  check("answers a question for the roots", listed, [result, asked]);
}

async function changes(peer) {
  const leave = await peer.watch(WATCHED);
  peer.told.length = 0; // what came before was not asked for here
  await peer.call("test_touch_resource");
  const params = await peer.hear(UPDATED);
  check("hears of a changed resource", params?.uri === WATCHED, peer.told);
  for (const [tool, method] of [["test_trigger_tool_change", TOOLS_CHANGED], ["test_trigger_prompt_change", PROMPTS_CHANGED]]) {
    await peer.call(tool);
    check(`hears ${method}`, (await peer.hear(method)) !== undefined, peer.told);
  }
  await leave();
  if (peer.era === "modern") return; // what is no longer listened to is no longer there
  peer.told.length = 0;
  await peer.call("test_touch_resource");
  await peer.call("test_trigger_tool_change");
  const heard = (await peer.hear(TOOLS_CHANGED)) !== undefined;
  check("hears no more of what it left", heard && !peer.told.some(([method]) => method === UPDATED), peer.told);
}

async function cancellation(peer) {
  const cancelled = async () => Number(textOf(await peer.call("test_cancelled_calls")));
  const before = await cancelled();
  await peer.cancel("test_wait_for_cancellation");
  let after = before;
  for (const end = performance.now() + 5000; performance.now() < end && after === before; ) {
    await new Promise((done) => setTimeout(done, 10));
    after = await cancelled();
  }
  check("a call that is taken back is cancelled", after === before + 1, [before, after]);
}

export async function checks(peer) {
  for (const part of [lists, resources, prompts, results, reports, questions, changes, cancellation]) {
    try {
      await part(peer);
    } catch (error) {
      check(`${part.name} run to the end`, false, `${error.stack}`); // the rest is still tried
    }
  }
}
