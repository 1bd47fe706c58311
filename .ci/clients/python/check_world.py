"""Drives example-world with the official Python SDK, once per era.

    check_world.py stdio <command> [argument ...]
    check_world.py http <url>
"""

import json
import sys
import time

import anyio
from mcp import Client, MCPError, StdioServerParameters

# How the SDK is told to connect, and the protocol revision that must come of it.
MODES = {
    "auto": "2026-07-28",
    "2026-07-28": "2026-07-28",
    "legacy": "2025-11-25",
}
TOOLS = {"search_countries", "country", "compare_countries", "rank_countries"}
BURST = 5  # of rank_countries, and refilled at 5 a minute

passed = failed = 0


def check(name, ok, seen=""):
    global passed, failed
    if ok:
        passed += 1
        print(f"  ok    {name}", flush=True)
    else:
        failed += 1
        print(f"  FAIL  {name}\n        got: {seen}", flush=True)


def text_of(result):
    return "\n".join(block.text for block in result.content if block.type == "text")


async def error_code(call):
    """The code of the JSON-RPC error that `call` ends with, or what it returned instead."""
    try:
        return await call
    except MCPError as error:
        return error.code


async def good_calls(client):
    result = await client.call_tool("search_countries", {"query": "united", "limit": 3})
    found = (result.structured_content or {}).get("countries")
    check("search_countries finds three countries", not result.is_error and len(found or []) == 3, result)
    check("its text is the same JSON", not result.is_error and json.loads(text_of(result)) == result.structured_content, text_of(result))

    for code in ("CH", "CHE"):
        result = await client.call_tool("country", {"code": code})
        check(f"country {code} is Switzerland", not result.is_error and "Switzerland" in text_of(result), result)

    result = await client.call_tool("compare_countries", {"codes": ["AX", "CUW"]})
    text = text_of(result)
    check("compare_countries keeps every letter", not result.is_error and "Åland" in text and "Curaçao" in text, result)


async def bad_calls(client):
    for tool, arguments, names in [
        ("search_countries", {"query": "", "limit": 500}, ["query", "limit"]),
        ("search_countries", {"query": "united", "limit": "many"}, ["limit"]),
        ("country", {}, ["code"]),
        ("compare_countries", {"codes": ["CH"]}, ["codes"]),
    ]:
        result = await client.call_tool(tool, arguments)
        ok = result.is_error and all(name in text_of(result) for name in names)
        check(f"{tool} {json.dumps(arguments)} is a tool error that names {' and '.join(names)}", ok, result)

    code = await error_code(client.call_tool("no_such_tool", {}))
    check("an unknown tool is error -32602", code == -32602, code)


async def refused_call(client):
    for answered in range(BURST + 2):
        result = await client.call_tool("rank_countries", {"by": "population", "limit": 3})
        if result.is_error:
            break
    text = text_of(result)
    check(f"rank_countries is refused after at most {BURST} calls", result.is_error and answered <= BURST, (answered, text))
    check("the refusal says `rate limit` and `retry in`", "rate limit" in text and "retry in" in text, text)

    result = await client.call_tool("country", {"code": "JP"})
    check("other tools still answer", not result.is_error and "Japan" in text_of(result), result)


async def run(server, mode, version):
    async with Client(server, mode=mode, read_timeout_seconds=30) as client:
        check(f"speaks {version}", client.protocol_version == version, client.protocol_version)
        if mode != "2026-07-28":  # a pinned client asks nobody
            check("says who it is", client.server_info and client.server_info.name == "world", client.server_info)
        tools = (await client.list_tools()).tools
        check("lists its tools", {tool.name for tool in tools} >= TOOLS, [tool.name for tool in tools])
        check("describes every tool", all(tool.description for tool in tools), tools)
        await good_calls(client)
        await bad_calls(client)
        await refused_call(client)
        closing = time.monotonic()
    if not isinstance(server, str):
        seconds = time.monotonic() - closing  # the SDK waits 2 s before it sends SIGTERM
        check("exits by itself at the end of its input", seconds < 1.9, f"{seconds:.1f} s")


async def main(kind, *target):
    for mode, version in MODES.items():
        print(f"python, {kind}, {mode}", flush=True)
        server = target[0] if kind == "http" else StdioServerParameters(command=target[0], args=list(target[1:]))
        try:
            await run(server, mode, version)
        except Exception as error:  # a connection that fails is a failed check, the next era is still tried
            check("runs to the end", False, repr(getattr(error, "exceptions", error)))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if len(sys.argv) < 3 or sys.argv[1] not in ("stdio", "http"):
    sys.exit(__doc__)
anyio.run(main, *sys.argv[1:])
