//! Counts named checks.

use std::fmt::Display;
use std::process::ExitCode;

#[derive(Default)]
pub struct Tally {
    passed: u32,
    failed: u32,
}

impl Tally {
    pub fn check(&mut self, name: &str, ok: bool, seen: impl Display) {
        if ok {
            self.passed += 1;
            println!("  ok    {name}");
        } else {
            self.failed += 1;
            println!("  FAIL  {name}\n        got: {seen}");
        }
    }

    /// Prints the count; the status to exit with.
    pub fn end(self) -> ExitCode {
        println!("{} passed, {} failed", self.passed, self.failed);
        ExitCode::from(u8::from(self.failed > 0 || self.passed == 0))
    }
}
