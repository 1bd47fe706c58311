"""Counts named checks."""

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
    """Prints the counts; returns the exit status."""
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
