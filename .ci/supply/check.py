"""Checks the licences and sources of all dependencies against deny.toml, and writes a bill of materials.

    check.py <deny.toml> <bom.json>

`cargo deny` reads the same file; this is the part of it that needs nothing to be installed. The bill is CycloneDX 1.6.
"""

import json
import re
import subprocess
import sys
import tomllib

RULES = tomllib.load(open(sys.argv[1], "rb"))
ALLOWED = set(RULES["licenses"]["allow"])
SOURCES = RULES["sources"]["allow-registry"]
BANNED = {it["crate"].partition("@")[0] for it in RULES["bans"]["deny"]}


def allowed(expression):
    """Whether an SPDX expression is true, with the allowed licences for true."""
    words = re.findall(r"\(|\)|[A-Za-z0-9.+-]+", expression.replace("/", " OR "))
    python = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in "()":
            python.append(word)
        elif word in ("AND", "OR"):
            python.append(word.lower())
        elif word == "WITH":
            skip = True
        else:
            python.append(str(word in ALLOWED))
    return eval(" ".join(python))  # only brackets, and, or, True and False


metadata = json.loads(
    subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version=1", "--all-features"], check=True, stdout=subprocess.PIPE
    ).stdout
)
problems = []
components = []
for package in metadata["packages"]:
    if package["source"] is None:
        continue
    name = f"{package['name']} {package['version']}"
    if not any(source in package["source"] for source in SOURCES):
        problems.append(f"{name} comes from {package['source']}")
    if package["name"] in BANNED:
        problems.append(f"{name} is banned")
    licence = package["license"]
    if not licence or not allowed(licence):
        problems.append(f"{name} has the licence {licence!r}")
    purl = f"pkg:cargo/{package['name']}@{package['version']}"
    component = {"type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"], "purl": purl}
    if licence:
        component["licenses"] = [{"expression": licence.replace("/", " OR ")}]
    components.append(component)
if problems:
    sys.exit("\n".join(problems))
bill = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"component": {"type": "library", "name": "mcp-runtime"}},
    "components": sorted(components, key=lambda it: it["bom-ref"]),
}
with open(sys.argv[2], "w") as file:
    json.dump(bill, file, indent=1)
print(f"{len(components)} dependencies with licences that are allowed; the bill of materials is {sys.argv[2]}")
