"""Checks of example-world, the same for every client."""

import json

from tally import check

TOOLS = {"search_countries", "country", "compare_countries", "rank_countries"}
BURST = 5  # of rank_countries, refilled at 5 per minute


def text_of(result):
    return "\n".join(block["text"] for block in result["content"] if block["type"] == "text")


async def good_calls(peer):
    result = await peer.call("search_countries", {"query": "united", "limit": 3})
    found = result.get("structuredContent", {}).get("countries")
    check("search_countries finds three countries", not result.get("isError") and len(found or []) == 3, result)
    check("its text is the same JSON", not result.get("isError") and json.loads(text_of(result)) == result["structuredContent"], text_of(result))

    for code in ("CH", "CHE"):
        result = await peer.call("country", {"code": code})
        check(f"country {code} is Switzerland", not result.get("isError") and "Switzerland" in text_of(result), result)

    result = await peer.call("compare_countries", {"codes": ["AX", "CUW"]})
    text = text_of(result)
    check("compare_countries keeps every letter", not result.get("isError") and "Åland" in text and "Curaçao" in text, result)


async def bad_calls(peer):
    for tool, arguments, names in [
        ("search_countries", {"query": "", "limit": 500}, ["query", "limit"]),
        ("search_countries", {"query": "united", "limit": "many"}, ["limit"]),
        ("country", {}, ["code"]),
        ("compare_countries", {"codes": ["CH"]}, ["codes"]),
    ]:
        result = await peer.call(tool, arguments)
        ok = result.get("isError") and all(name in text_of(result) for name in names)
        check(f"{tool} {json.dumps(arguments)} is a tool error that names {' and '.join(names)}", ok, result)

    error = await peer.error(peer.call("no_such_tool", {}))
    check("an unknown tool is error -32602", error.get("code") == -32602, error)


async def refused_call(peer):
    for answered in range(BURST + 2):
        result = await peer.call("rank_countries", {"by": "population", "limit": 3})
        if result.get("isError"):
            break
    text = text_of(result)
    check(f"rank_countries is refused after at most {BURST} calls", result.get("isError") and answered <= BURST, (answered, text))
    check("the refusal says `rate limit` and `retry in`", "rate limit" in text and "retry in" in text, text)

    result = await peer.call("country", {"code": "JP"})
    check("other tools still answer", not result.get("isError") and "Japan" in text_of(result), result)


async def checks(peer):
    if peer.server is not None:
        check("says who it is", peer.server == "world", peer.server)
    tools = await peer.list("tools")
    check("lists its tools", {tool["name"] for tool in tools} >= TOOLS, [tool["name"] for tool in tools])
    check("describes every tool", all(tool.get("description") for tool in tools), tools)
    await good_calls(peer)
    await bad_calls(peer)
    await refused_call(peer)
