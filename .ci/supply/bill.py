"""Writes a bill of materials, CycloneDX 1.6, of the crates that the packages here depend on.

    cargo metadata --format-version=1 --all-features | bill.py <bom.json>

Dependencies of tests and examples are not in it.
"""

import json
import sys

from published import metadata, published

packages = published(metadata())
components = []
for package in packages:
    purl = f"pkg:cargo/{package['name']}@{package['version']}"
    component = {"type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"], "purl": purl}
    if licence := package["license"]:
        component["licenses"] = [{"expression": licence.replace("/", " OR ")}]
    components.append(component)
bill = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"component": {"type": "library", "name": "mcp-runtime"}},
    "components": sorted(components, key=lambda it: it["bom-ref"]),
}
with open(sys.argv[1], "w") as file:
    json.dump(bill, file, indent=1)
print(f"{len(components)} crates are in {sys.argv[1]}")
