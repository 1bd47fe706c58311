"""Checks: each has a name, and all of them are counted."""

passed = failed = 0


def check(name, ok, seen=""):
    global passed, failed
    if ok:
        passed += 1
        print(f"  ok    {name}", flush=True)
    else:
        failed += 1
        print(f"  FAIL  {name}\n        got: {seen}", flush=True)


def end():
    """Prints the count; the status to exit with."""
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
