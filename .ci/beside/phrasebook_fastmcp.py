# The same with FastMCP 4.2, following its documentation (tools, middleware, deployment/http).
from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.server.middleware.rate_limiting import SlidingWindowRateLimitingMiddleware
from starlette.responses import PlainTextResponse

words = {"bread": "brauð"}
mcp = FastMCP("phrasebook", version="1.0.0")
mcp.add_middleware(SlidingWindowRateLimitingMiddleware(max_requests=10, window_minutes=1))


@mcp.tool(timeout=5.0)
async def translate(word: str) -> str:
    """Translates a word."""
    if word not in words:
        raise ToolError(f"there is no word {word!r} here")
    return words[word]


@mcp.custom_route("/health", methods=["GET"])
async def health(request):
    return PlainTextResponse("ok")


if __name__ == "__main__":
    mcp.run(transport="http", port=8080)
