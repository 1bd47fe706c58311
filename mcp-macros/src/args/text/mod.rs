//! Values written as text: durations, rates and sizes; and the errors for invalid keys.
//!
//! The files are identical to those of `mcp-runtime/src/handler/spec/text`, which read the same values from
//! `mcp.toml`; a test compares them.

pub(crate) mod duration;
pub(crate) mod rate;
pub(crate) mod rules;
pub(crate) mod size;

use crate::diag::nearest;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_runtime_reads_the_same_values() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in ["duration.rs", "rate.rs", "rules.rs", "size.rs"] {
            let own = fs::read_to_string(root.join("src/args/text").join(file)).unwrap();
            let other = root.join("../mcp-runtime/src/handler/spec/text").join(file);
            assert_eq!(own, fs::read_to_string(other).unwrap(), "{file}");
        }
    }
}
