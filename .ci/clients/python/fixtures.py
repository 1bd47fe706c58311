"""Checks of example-conformance, the same for every client."""

import base64
import json

import anyio
from tally import check

TOOLS = {"test_simple_text", "test_tool_with_progress", "test_elicitation", "test_sampling", "test_touch_resource"}
RESOURCES = {"test://static-text", "test://static-binary", "test://watched-resource"}
TEMPLATE = "test://template/{id}/data"
PROMPTS = {
    "test_simple_prompt",
    "test_prompt_with_arguments",
    "test_prompt_with_embedded_resource",
    "test_prompt_with_image",
}
PAGE = 4  # entries, as .ci/clients/run starts the server
WATCHED = "test://watched-resource"
UPDATED = "notifications/resources/updated"
TOOLS_CHANGED = "notifications/tools/list_changed"
PROMPTS_CHANGED = "notifications/prompts/list_changed"


def text_of(result):
    return "\n".join(block["text"] for block in result["content"] if block["type"] == "text")


def message_of(prompt, number=0):
    messages = prompt.get("messages", [])
    return messages[number]["content"] if len(messages) > number else {}


async def lists(peer):
    for what, key, expected in [
        ("tools", "name", TOOLS),
        ("resources", "uri", RESOURCES),
        ("resource_templates", "uriTemplate", {TEMPLATE}),
        ("prompts", "name", PROMPTS),
    ]:
        entries = await peer.list(what)
        keys = [entry[key] for entry in entries]
        check(f"lists {what} over all pages, none twice", set(keys) >= expected and len(set(keys)) == len(keys), keys)
        if len(keys) > PAGE:
            check(f"gets at most {PAGE} {what} at a time", peer.pages == -(-len(keys) // PAGE), peer.pages)
        check(f"describes all {what}", all(entry.get("description") for entry in entries), entries)
    for prompt in entries:
        if prompt["name"] == "test_prompt_with_arguments":
            arguments = [(argument["name"], argument.get("required")) for argument in prompt["arguments"]]
            check("lists a prompt's arguments", arguments == [("arg1", True), ("arg2", True)], arguments)


async def resources(peer):
    contents = (await peer.read("test://static-text"))["contents"]
    text = {
        "uri": "test://static-text",
        "mimeType": "text/plain",
        "text": "This is the content of the static text resource.",
    }
    check("reads a text", contents == [text], contents)

    contents = (await peer.read("test://static-binary"))["contents"]
    ok = contents[0]["mimeType"] == "image/png" and base64.b64decode(contents[0]["blob"]).startswith(b"\x89PNG")
    check("reads a blob", ok, contents)

    contents = (await peer.read("test://template/123/data"))["contents"]
    data = {"id": "123", "templateTest": True, "data": "Data for ID: 123"}
    ok = contents[0]["uri"] == "test://template/123/data" and json.loads(contents[0]["text"]) == data
    check("reads what a template names", ok, contents)

    uri, code = "test://no-such-resource", -32602 if peer.era == "modern" else -32002
    error = await peer.error(peer.read(uri))
    ok = error.get("code") == code and error.get("data", {}).get("uri") == uri
    check(f"an unknown resource is error {code} with its uri", ok, error)


async def prompts(peer):
    prompt = await peer.get_prompt("test_simple_prompt")
    ok = message_of(prompt) == {"type": "text", "text": "This is a simple prompt for testing."}
    check("gets a prompt", ok and prompt["messages"][0]["role"] == "user", prompt)

    prompt = await peer.get_prompt("test_prompt_with_arguments", {"arg1": "hello", "arg2": "world"})
    text = message_of(prompt).get("text")
    check("gets a prompt with arguments", text == "Prompt with arguments: arg1='hello', arg2='world'", prompt)

    uri = "test://example-resource"
    prompt = await peer.get_prompt("test_prompt_with_embedded_resource", {"resourceUri": uri})
    ok = message_of(prompt).get("resource", {}).get("uri") == uri and message_of(prompt, 1).get("type") == "text"
    check("gets a prompt with a resource", ok, prompt)

    prompt = await peer.get_prompt("test_prompt_with_image")
    check("gets a prompt with an image", message_of(prompt).get("mimeType") == "image/png", prompt)

    for name, arguments in [("no_such_prompt", {}), ("test_prompt_with_arguments", {"arg1": "hello"})]:
        error = await peer.error(peer.get_prompt(name, arguments))
        check(f"prompt {name} {json.dumps(arguments)} is error -32602", error.get("code") == -32602, error)

    completion = await peer.complete("test_prompt_with_arguments", "arg1", "par")
    values = completion["values"]
    check("completes an argument", values and all(value.startswith("par") for value in values), completion)


async def results(peer):
    result = await peer.call("test_multiple_content_types")
    types = [block["type"] for block in result["content"]]
    check("gets text, an image and a resource", types == ["text", "image", "resource"], result)

    result = await peer.call("test_error_handling")
    ok = result.get("isError") and text_of(result) == "This tool intentionally returns an error for testing"
    check("gets the error of a tool", ok, result)


async def reports(peer):
    seen = []

    async def report(progress, total, message):
        seen.append((progress, total))

    await peer.call("test_tool_with_progress", on_progress=report)
    check("progress arrives", seen == [(0, 100), (50, 100), (100, 100)], seen)

    await peer.call_with_log("test_tool_with_logging")
    logged = [params["data"] for method, params in peer.events.told if method == "notifications/message"]
    expected = ["Tool execution started", "Tool processing data", "Tool execution completed"]
    check("the log arrives", logged == expected, logged)


async def questions(peer):
    asked = peer.events.asked
    result = await peer.call("test_elicitation", {"message": "Who are you?"})
    text = text_of(result)
    ok = not result.get("isError") and text.startswith("User response:") and "ada@example.com" in text
    check("answers a question to the user", ok, result)
    method, params = asked[-1] if asked else (None, {})
    schema = params.get("requestedSchema", {})
    ok = method == "elicitation/create" and params.get("message") == "Who are you?"
    check("the question is the tool's", ok and set(schema.get("required", [])) == {"username", "email"}, asked)

    asked.clear()
    result = await peer.call("test_sampling", {"prompt": "What is the capital of France?"})
    ok = not result.get("isError") and text_of(result) == "LLM response: Paris"
    check("answers a question to the model", ok, result)
    method, params = asked[-1] if asked else (None, {})
    ok = method == "sampling/createMessage" and params.get("maxTokens") == 100
    check("the prompt is the tool's", ok and "capital of France" in json.dumps(params.get("messages")), asked)

    asked.clear()
    result = await peer.call("test_input_required_result_list_roots")
    ok = "file:///test/root" in text_of(result) and len(asked) == 1
    check("answers a question for the roots", ok, [result, asked])

    asked.clear()
    result = await peer.call("test_input_required_result_multiple_inputs")
    methods = sorted(method for method, _ in asked)
    expected = ["elicitation/create", "roots/list", "sampling/createMessage"]
    check("answers three questions of one call", not result.get("isError") and methods == expected, [result, asked])

    asked.clear()
    result = await peer.call("test_input_required_result_multi_round")
    check("answers one question after the other", not result.get("isError") and len(asked) == 2, [result, asked])

    asked.clear()
    prompt = await peer.get_prompt("test_input_required_result_prompt")
    check("answers the question of a prompt", prompt["messages"] and len(asked) == 1, [prompt, asked])


async def changes(peer):
    events = peer.events
    async with peer.watching(WATCHED):
        await peer.call("test_touch_resource")
        params = await events.wait_for(UPDATED)
        check("hears of a changed resource", params and params["uri"] == WATCHED, events.told)
        for tool, method in [("test_trigger_tool_change", TOOLS_CHANGED), ("test_trigger_prompt_change", PROMPTS_CHANGED)]:
            await peer.call(tool)
            check(f"hears {method}", await events.wait_for(method) is not None, events.told)
    if peer.era == "modern":
        return  # the listen stream is closed
    events.told.clear()
    await peer.call("test_touch_resource")
    await peer.call("test_trigger_tool_change")
    heard = await events.wait_for(TOOLS_CHANGED) is not None
    check("hears no more of what it left", heard and UPDATED not in dict(events.told), events.told)


async def cancellation(peer):
    async def cancelled():
        return int(text_of(await peer.call("test_cancelled_calls")))

    before = await cancelled()
    await peer.cancel("test_wait_for_cancellation")
    with anyio.move_on_after(5):
        while await cancelled() == before:
            await anyio.sleep(0.01)
    check("a call that is taken back is cancelled", await cancelled() == before + 1, await cancelled())


async def checks(peer):
    for part in (lists, resources, prompts, results, reports, questions, changes, cancellation):
        try:
            await part(peer)
        except Exception as error:  # the rest is still tried
            check(f"{part.__name__} run to the end", False, repr(getattr(error, "exceptions", error)))
