"""Checks that everything names the same minimum version of Rust, and that no dependency needs a newer one.

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
# All other places of the version, with their format.
PLACES = {
    "rust-toolchain.toml": r'^channel = "(\d+\.\d+)\.0"$',
    "README.md": r"^The minimum supported Rust version is (\d+\.\d+)\.$",
    "CONTRIBUTING.md": r"^The minimum supported Rust version, (\d+\.\d+), ",
    "examples/template/Cargo.toml": r'^rust-version = "(\d+\.\d+)"$',
    "examples/deploy/Dockerfile": r"^FROM docker\.io/library/rust:(\d+\.\d+)-",
}
problems = []
for place, form in PLACES.items():
    named = re.findall(form, Path(place).read_text(), re.MULTILINE)
    if named != [minimum]:
        problems.append(f"{place} names {named}, and `rust-version` in Cargo.toml is {minimum}")
newest = ("0.0", "")
for package in published(metadata()):
    needed = package["rust_version"] or "0.0"
    newest = max(newest, (needed, f"{package['name']} {package['version']}"), key=lambda it: numbers(it[0]))
    if numbers(needed) > numbers(minimum):
        problems.append(f"{package['name']} {package['version']} needs Rust {needed}")
if problems:
    sys.exit("\n".join(problems))
print(f"Rust {minimum} everywhere; the dependency that needs the newest is {newest[1]}, with {newest[0]}")
