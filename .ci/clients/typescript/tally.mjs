// Counts named checks.

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

// Prints the counts, and returns the exit status.
export function end() {
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
