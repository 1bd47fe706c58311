"""Checks that all files agree on the minimum version of Rust and on the pinned one, and that no dependency needs a newer one.

    cargo metadata --format-version=1 --all-features | versions.py
"""

import re
import sys
import tomllib
from pathlib import Path

from published import metadata, published


def numbers(version):
    return tuple(int(part) for part in version.split("."))[:2]


minimum = tomllib.loads(Path("Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
[pinned] = re.findall(r'^channel = "(\d+\.\d+)\.0"$', Path("rust-toolchain.toml").read_text(), re.MULTILINE)
# All other places of the two versions, with their format.
MINIMUM = {
    "README.md": r"^The minimum supported Rust version is (\d+\.\d+)\.$",
    "CONTRIBUTING.md": r"^The minimum supported Rust version, (\d+\.\d+), ",
    "examples/template/Cargo.toml": r'^rust-version = "(\d+\.\d+)"$',
}
PINNED = {"examples/deploy/Dockerfile": r"^FROM docker\.io/library/rust:(\d+\.\d+)-"}
problems = []
for version, places in [(minimum, MINIMUM), (pinned, PINNED)]:
    for place, form in places.items():
        named = re.findall(form, Path(place).read_text(), re.MULTILINE)
        if named != [version]:
            problems.append(f"{place} names {named}, not Rust {version}")
if numbers(minimum) > numbers(pinned):
    problems.append(f"`rust-version` in Cargo.toml is {minimum}, newer than rust-toolchain.toml")
newest = ("0.0", "")
for package in published(metadata()):
    needed = package["rust_version"] or "0.0"
    newest = max(newest, (needed, f"{package['name']} {package['version']}"), key=lambda it: numbers(it[0]))
    if numbers(needed) > numbers(minimum):
        problems.append(f"{package['name']} {package['version']} needs Rust {needed}")
if problems:
    sys.exit("\n".join(problems))
print(f"Rust {minimum} or newer, tested with {pinned}; the dependency that needs the newest is {newest[1]}, with {newest[0]}")
