//! The keywords of `schema = ..`, which no Rust type expresses.
//!
//! A validator of JSON Schema, for keywords such as `if`, `dependentRequired`, `not`. It runs in addition to the
//! decoder, on all arguments together, and only for functions with such keywords. Its texts contain values, so those
//! of redacted parameters are masked.

use serde::Serialize;
use serde_json::Value;

use crate::handler::argument::problem::Problems;
use crate::handler::spec::Spec;
#[cfg(feature = "json-schema")]
use crate::handler::spec::Text;
use crate::policy::Redacted;
use crate::protocol::RawStr;

/// The hand-written keywords of `schema = ..`, compiled into a check.
#[cfg(feature = "json-schema")]
pub(super) struct Keywords {
    validator: Option<jsonschema::Validator>,
    redacted: Vec<Text>,
}

#[cfg(feature = "json-schema")]
impl Keywords {
    pub(super) fn compile(
        spec: &Spec,
        schema: &impl Serialize,
        redacted: &Redacted,
        faults: &mut Vec<String>,
    ) -> Self {
        let validator = spec.schema.and_then(|keywords| {
            let mut schema = serde_json::to_value(schema).ok()?;
            let written = keywords();
            if let (Value::Object(schema), None) =
                (&mut schema, written.get("additionalProperties"))
            {
                // Undeclared arguments are refused or ignored where the arguments are decoded.
                schema.shift_remove("additionalProperties");
            }
            let compiled = jsonschema::draft202012::new(&schema);
            compiled
                .map_err(|error| {
                    faults.push(format!("the hand-written schema is not valid: {error}"));
                })
                .ok()
        });
        Self {
            validator,
            redacted: redacted.names.clone(),
        }
    }

    /// Compiles a complete schema that is given at run time.
    pub(super) fn compile_given(schema: &Value, faults: &mut Vec<String>) -> Self {
        let validator = jsonschema::draft202012::new(schema);
        let validator = validator.map_err(|error| {
            faults.push(format!("its schema is not valid: {error}"));
        });
        Self {
            validator: validator.ok(),
            redacted: Vec::new(),
        }
    }

    pub(super) fn check(&self, arguments: Option<RawStr<'_>>) -> Result<(), Problems> {
        let Some(validator) = &self.validator else {
            return Ok(());
        };
        let text = arguments.map_or("{}", RawStr::get);
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let mut problems = Problems::new();
        for error in validator.iter_errors(&value) {
            let path = error.instance_path().as_str();
            let text = if self.shows_redacted(path) {
                error.masked().to_string()
            } else {
                error.to_string()
            };
            problems.foreign(path, &text);
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// Returns `true` if an error at `path` shows the value of a redacted parameter.
    fn shows_redacted(&self, path: &str) -> bool {
        match path.split('/').nth(1) {
            None => !self.redacted.is_empty(),
            Some(parameter) => self.redacted.iter().any(|it| it == parameter),
        }
    }
}

/// Without the feature there is no key with keywords.
#[cfg(not(feature = "json-schema"))]
pub(super) struct Keywords;

#[cfg(not(feature = "json-schema"))]
impl Keywords {
    pub(super) fn compile(
        spec: &Spec,
        _: &impl Serialize,
        _: &Redacted,
        faults: &mut Vec<String>,
    ) -> Self {
        if spec.schema.is_some() {
            faults.push("`schema = ..` needs the feature `json-schema` of mcp-runtime".to_owned());
        }
        Self
    }

    pub(super) fn compile_given(_: &Value, faults: &mut Vec<String>) -> Self {
        faults.push(
            "its schema has keywords that only the feature `json-schema` of mcp-runtime checks; enable it, or remove them"
                .to_owned(),
        );
        Self
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "same shape as with the feature"
    )]
    pub(super) fn check(&self, _: Option<RawStr<'_>>) -> Result<(), Problems> {
        Ok(())
    }
}

#[cfg(all(test, feature = "json-schema"))]
mod tests {
    use serde_json::value::RawValue;

    use super::*;
    use crate::handler::spec::kind::{Item, Kind};

    #[test]
    fn hand_written_keywords_do_not_show_redacted_values() {
        let schema = || {
            serde_json::json!({
                "type": "object",
                "properties": { "pin": { "minLength": 9 }, "user": { "minLength": 9 } },
                "dependentRequired": { "pin": ["user"] },
                "not": { "required": ["forbidden"] },
            })
        };
        let raw = |text: &str| -> Box<RawValue> { serde_json::from_str(text).unwrap() };
        let spec = Spec::tool("sign_in", "Signs in.").schema(schema);
        let redacted = Redacted {
            names: vec!["pin".into()],
            known: vec!["pin".into(), "user".into()],
        };
        let keywords = Keywords::compile(
            &spec,
            &raw(&schema().to_string()),
            &redacted,
            &mut Vec::new(),
        );
        let sign_in = Item {
            kind: Kind::Tool,
            name: "sign_in",
        };
        let told = |arguments: &str| {
            keywords
                .check(Some((&*raw(arguments)).into()))
                .unwrap_err()
                .describe(sign_in)
        };
        assert!(!told(r#"{"pin": "hunter2", "user": "longer than nine"}"#).contains("hunter2"));
        assert!(!told(r#"{"pin": "hunter2 hunter2", "forbidden": true}"#).contains("hunter2"));
        assert!(told(r#"{"user": "short"}"#).contains("short"));
    }
}
