// Checks: each has a name, and all of them are counted.

let passed = 0;
let failed = 0;

export function check(name, ok, seen) {
  if (ok) {
    passed += 1;
    console.log(`  ok    ${name}`);
  } else {
    failed += 1;
    console.log(`  FAIL  ${name}\n        got: ${JSON.stringify(seen)}`);
  }
}

// Prints the count; the status to exit with.
export function end() {
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
