"""The crates that a user of the published packages compiles, out of `cargo metadata` on stdin."""

import json
import sys

OURS = ("mcp-runtime-macros", "mcp-runtime", "mcp-testkit")


def metadata():
    return json.load(sys.stdin)


def published(metadata):
    """The packages of others that ours depend on, directly or not, with every feature; those of tests are left out."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    left = [id for id, package in packages.items() if package["name"] in OURS]
    found = set()
    while left:
        id = left.pop()
        if id in found:
            continue
        found.add(id)
        needed = nodes[id]["deps"]
        left += [it["pkg"] for it in needed if any(kind["kind"] != "dev" for kind in it["dep_kinds"])]
    return [packages[id] for id in found if packages[id]["source"]]
