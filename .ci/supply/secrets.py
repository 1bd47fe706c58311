"""Finds keys, tokens and private keys in the files of the repository, by their forms.

Takes the path of `detect-secrets`. Tests and guides have passwords and random-looking words on purpose, so the detectors of
those are off: entropy, keywords, and the password in a URL.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

program = sys.argv[1]
OFF = ["Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector", "BasicAuthDetector"]


def files(folder):
    """Returns the paths of the files of a checkout, but for what it has compiled and installed."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in (".git", "target", "cache", "__pycache__"):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield str(path)


def found(folder):
    """Returns a line for each finding."""
    command = [program, "-C", str(folder), "scan", "--no-verify", "--all-files"]
    for name in OFF:
        command += ["--disable-plugin", name]
    paths = list(files(folder))
    output = subprocess.run([*command, *paths], check=True, capture_output=True, text=True).stdout
    results = json.loads(output)["results"]
    return [f"{path}:{it['line_number']}: {it['type']}" for path, all_of in results.items() for it in all_of]


with tempfile.TemporaryDirectory() as folder:
    # Assembled here, so that it is not found in this file.
    planted = pathlib.Path(folder, "inside/planted.txt")
    planted.parent.mkdir()
    planted.write_text("key = " + "AKIA" + "Z7VQ3K5M2XW9T4RB" + "\n")
    assert len(found(planted.parents[1])) == 1, "a planted key is not found"
secrets = found(pathlib.Path.cwd())
if secrets:
    sys.exit("\n".join(["these look like secrets; revoke and remove them:", *secrets]))
