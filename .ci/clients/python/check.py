"""Drives a server with the official Python SDK that is installed, once per era that it speaks.

    check.py world|fixtures stdio <command> [argument ...]
    check.py world|fixtures http <url>
"""

import importlib
import sys
import time
from importlib.metadata import version

import anyio
from tally import check, end

INSTALLED = version("mcp")
sdk = importlib.import_module(f"sdk{INSTALLED.split('.')[0]}")


async def run(checks, server, mode, revision):
    async with sdk.connect(server, mode) as peer:
        check(f"speaks {revision}", peer.version == revision, peer.version)
        await checks(peer)
        closing = time.monotonic()
    if not isinstance(server, str):
        seconds = time.monotonic() - closing  # the SDK waits 2 s before it sends SIGTERM
        check("exits by itself at the end of its input", seconds < 1.9, f"{seconds:.1f} s")


async def main(what, kind, *target):
    checks = importlib.import_module(what).checks
    for mode, revision in sdk.MODES.items():
        print(f"python {INSTALLED}, {what}, {kind}, {mode}", flush=True)
        server = target[0] if kind == "http" else {"command": target[0], "args": list(target[1:])}
        try:
            await run(checks, server, mode, revision)
        except Exception as error:  # a failed connection is a failed check; the next era is still tried
            check("runs to the end", False, repr(getattr(error, "exceptions", error)))
    sys.exit(end())


if len(sys.argv) < 4 or sys.argv[1] not in ("world", "fixtures") or sys.argv[2] not in ("stdio", "http"):
    sys.exit(__doc__)
anyio.run(main, *sys.argv[1:])
