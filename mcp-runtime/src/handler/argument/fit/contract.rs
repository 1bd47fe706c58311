//! Checks the structured content of a result against the output schema of its tool.
//!
//! The schema is a promise of the server: a result that violates it is an error of the program, logged in full, and
//! reported to the client without its content. String formats are not checked, since the type has written them, nor
//! are members that a schema leaves open.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Fit;
use super::tape::Tape;
use crate::protocol::ToolResult;
use crate::schema::shape::{Compiler, ShapeId, Shapes};

/// An output schema, compiled for the check of results.
#[derive(Debug)]
pub(crate) struct Contract {
    shapes: Shapes,
    root: ShapeId,
    is_object: bool,
}

impl Contract {
    pub(crate) fn compile(schema: &Value) -> Self {
        let none = Map::new();
        let defs = schema.get("$defs").and_then(Value::as_object);
        let mut compiler = Compiler::new(defs.unwrap_or(&none));
        let root = compiler.compile(schema);
        Self {
            shapes: compiler.finish(),
            root,
            is_object: schema.get("type").is_some_and(|kind| kind == "object"),
        }
    }

    /// Returns the result as the schema declares it, or the reason why it does not match.
    pub(crate) fn settle(&self, mut result: ToolResult) -> Result<ToolResult, String> {
        if result.is_error {
            return Ok(result);
        }
        let Some(structured) = &result.structured else {
            return Err(
                "the result has no structured content, which its output schema declares".to_owned(),
            );
        };
        self.check(structured)?;
        result.is_wrapped = !self.is_object;
        Ok(result)
    }

    fn check(&self, structured: &RawValue) -> Result<(), String> {
        let tape = Tape::parse(structured.into());
        let mut fit = Fit::of_result(&self.shapes);
        fit.run(&tape, self.root);
        if fit.problems.is_empty() {
            return Ok(());
        }
        let problems = fit.problems.in_a_row();
        Err(format!(
            "the structured content does not fit its output schema: {problems}"
        ))
    }
}
