//! `max_output`: the maximum size of a result, measured as the JSON of its content.
//!
//! The measured JSON is what the model reads: `content` and `structuredContent` of a tool, `contents` of a resource,
//! `messages` of a prompt; not `_meta`, and not the envelope. The result of a tool is measured by serializing it, and
//! sent in that form; one whose texts alone are too large, and the other kinds, are measured by a writer that only
//! counts, so that a result of 100 MiB is not copied to find out that it is too large. The error names the arguments
//! of the function, as they are the model's only means to request less; it has the outcome `output_too_large`, and is
//! not cached.

use std::io::{self, Write};

use serde_json::value::RawValue;

use super::outcome::{Completed, Outcome};
use crate::handler::output::value::Output;
use crate::handler::spec::Text;
use crate::handler::spec::kind::Item;
use crate::protocol::Content;

/// The limit of one tool.
#[derive(Debug)]
pub(crate) struct MaxOutput {
    bytes: u64,
    advice: String,
}

impl MaxOutput {
    pub(super) fn new(bytes: u64, arguments: &[Text]) -> Self {
        let advice = match arguments {
            [] => "it has no arguments to request less".to_owned(),
            names => format!("request less with its arguments: `{}`", names.join("`, `")),
        };
        Self { bytes, advice }
    }

    /// Returns the call unchanged, or, if its result is too large, an error that advises how to request less.
    pub(super) fn check(&self, item: Item<'_>, mut completed: Completed) -> Completed {
        if completed
            .response
            .output()
            .is_some_and(|it| self.may_fit(it))
        {
            completed.response = completed.response.written();
        }
        let output = completed
            .response
            .output()
            .filter(|_| matches!(completed.outcome, Outcome::Ok | Outcome::Error));
        match output.map(size) {
            Some(size) if size > self.bytes => {
                let (size, most) = (Size(size), Size(self.bytes));
                let text = format!(
                    "the result of {item} has {size}, and {most} are allowed; {}",
                    self.advice
                );
                Completed::failed(item, Outcome::OutputTooLarge, text)
            }
            _ => completed,
        }
    }

    /// Returns `true` if the texts of an output alone are not too large.
    fn may_fit(&self, output: &Output) -> bool {
        let Output::Tool(result) = output else {
            return false;
        };
        let texts = result.content.iter().filter_map(Content::as_text);
        let texts: usize = texts.map(str::len).sum();
        texts as u64 <= self.bytes
    }
}

/// Returns the size of a cached output in bytes.
///
/// The size of its JSON, its `_meta`, and 512 bytes for the entry in the maps.
pub(super) fn kept(output: &Output) -> usize {
    /// The overhead of an entry in bytes.
    const ENTRY: u64 = 512;
    let meta = match output {
        Output::Tool(result) => written(&result.meta),
        Output::Written(result) => written(&result.meta),
        Output::Prompt(prompt) => written(&prompt.meta),
        Output::Contents(_) => 0,
    };
    usize::try_from(ENTRY + size(output) + meta).unwrap_or(usize::MAX)
}

fn size(output: &Output) -> u64 {
    match output {
        Output::Tool(result) => {
            let structured = result
                .structured
                .as_deref()
                .map_or(0, |raw: &RawValue| raw.get().len());
            written(&result.content) + structured as u64
        }
        Output::Written(result) => result.size() as u64,
        Output::Contents(contents) => written(contents),
        Output::Prompt(prompt) => written(&prompt.messages),
    }
}

fn written(content: &impl serde::Serialize) -> u64 {
    let mut counted = Counted(0);
    // Counting does not fail; content that cannot be serialized is not sent either.
    let _ = serde_json::to_writer(&mut counted, content);
    counted.0
}

/// Counts the bytes that are written.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A size in the largest unit of which it is a whole number.
pub(crate) struct Size(pub u64);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
            if self.0 >= unit && self.0.is_multiple_of(unit) {
                return write!(f, "{} {name}", self.0 / unit);
            }
        }
        write!(f, "{} bytes", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ToolResult;

    #[test]
    fn a_result_is_measured_as_it_is_written() {
        let result = ToolResult::text("\"é\"").structured(&[1, 2]).unwrap();
        assert_eq!(
            size(&Output::Tool(result)),
            (r#"[{"type":"text","text":"\"é\""}]"#.len() + "[1,2]".len()) as u64
        );
    }

    #[test]
    fn sizes_are_written_as_declared() {
        assert_eq!(Size(64 << 10).to_string(), "64 KiB");
        assert_eq!(Size((64 << 10) + 1).to_string(), "65537 bytes");
        assert_eq!(Size(512).to_string(), "512 bytes");
    }
}
