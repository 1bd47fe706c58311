"""Judges a run of the official conformance suite by the files that it has written.

    verdict.py <directory> <how many scenarios it must have>

Every check of every scenario has to pass. A warning is a failure, and so is a check that was skipped or a scenario that
checked nothing, unless conformance.txt says `skipped <check>`; `missing <scenario>` is to fail until it is done.
"""

import json
import re
import sys
from pathlib import Path

GOOD = ("SUCCESS", "INFO")


def listed(word):
    lines = Path(__file__).with_name("conformance.txt").read_text().splitlines()
    return {words[1] for line in lines if (words := line.split())[:1] == [word]}


def judge(checks, skipped):
    """Returns the failures of a scenario, one line each."""
    wrong = [check for check in checks if check["status"] not in GOOD]
    wrong = [check for check in wrong if not (check["status"] == "SKIPPED" and check["id"] in skipped)]
    lines = [f"{it['status']} {it['id']}: {it.get('errorMessage') or it.get('description')}" for it in wrong]
    if not any(check["status"] == "SUCCESS" or check["id"] in skipped for check in checks):
        lines.append("nothing was checked")
    return lines


def main(directory, scenarios):
    skipped, missing = listed("skipped"), listed("missing")
    results = sorted(Path(directory).glob("*/checks.json"))
    good = len(results) == int(scenarios)
    if not good:
        print(f"FAIL  {len(results)} scenarios, not {scenarios}")
    for result in results:
        name = re.fullmatch(r"server-(.*)-\d{4}-\d\d-\d\dT[\d-]+Z", result.parent.name)[1]
        checks = json.loads(result.read_text())
        problems = judge(checks, skipped)
        if name in missing:
            problems = [] if problems else ["passes: take its `missing` out of conformance.txt"]
            print(f"      {name} is missing")
        elif not problems:
            passed = sum(check["status"] == "SUCCESS" for check in checks)
            print(f"ok    {name} ({passed} passed)" if passed else f"      {name} is skipped by the suite")
        if problems:
            good = False
            print("\n        ".join([f"FAIL  {name}", *problems]))
    return 0 if good else 1


sys.exit(main(*sys.argv[1:]))
