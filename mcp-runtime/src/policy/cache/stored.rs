//! The JSON format of stored results.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::handler::output::value::Output;
use crate::policy::outcome::{CallResponse, Completed, Outcome};
use crate::protocol::written::WrittenResult;
use crate::protocol::{Prompt, Resource};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored {
    Tool {
        result: Box<RawValue>,
        is_wrapped: bool,
        meta: Option<Map<String, Value>>,
    },
    Contents(Vec<Resource>),
    Prompt {
        prompt: Prompt,
        meta: Option<Map<String, Value>>,
    },
}

/// Returns the text of an already serialized result.
pub(super) fn write(completed: &Completed) -> Option<Vec<u8>> {
    let stored = match completed.response.output()? {
        Output::Written(result) => Stored::Tool {
            result: RawValue::from_string(result.text()).ok()?,
            is_wrapped: result.is_wrapped(),
            meta: result.meta.clone(),
        },
        Output::Tool(_) => return None,
        Output::Contents(contents) => Stored::Contents(contents.clone()),
        Output::Prompt(prompt) => Stored::Prompt {
            prompt: prompt.clone(),
            meta: prompt.meta.clone(),
        },
    };
    serde_json::to_vec(&stored).ok()
}

/// Parses a result; `None` if another version of the server wrote it in another format.
pub(super) fn read(text: &[u8]) -> Option<Completed> {
    let output = match serde_json::from_slice(text).ok()? {
        Stored::Tool {
            result,
            is_wrapped,
            meta,
        } => Output::Written(WrittenResult::from_text(result.get(), is_wrapped, meta)?),
        Stored::Contents(contents) => Output::Contents(contents),
        Stored::Prompt { mut prompt, meta } => {
            prompt.meta = meta;
            Output::Prompt(prompt)
        }
    };
    Some(Completed {
        outcome: Outcome::Ok,
        response: CallResponse::Output(output),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Content, ToolResult};

    fn through(output: Output) -> Output {
        let completed = Completed {
            outcome: Outcome::Ok,
            response: CallResponse::Output(output),
        };
        let read = read(&write(&completed).unwrap()).unwrap();
        let CallResponse::Output(output) = read.response else {
            panic!("no output");
        };
        output
    }

    #[test]
    fn results_of_every_kind_are_read_as_they_were_written() {
        let result = ToolResult::text("é\"\n")
            .with(Content::image([1, 2], "image/png"))
            .structured(&[1, 2])
            .unwrap()
            .meta("example/a", 1);
        let written = WrittenResult::new(result);
        let Output::Written(read) = through(Output::Written(written.clone())) else {
            panic!("another kind");
        };
        assert_eq!(read.members(), written.members());
        assert_eq!(read.meta, written.meta);
        assert_eq!(read.size(), written.size());

        let resource = Resource {
            uri: "db://a".to_owned(),
            text: Some("a".to_owned()),
            ..Resource::default()
        };
        let contents = vec![resource];
        let Output::Contents(read) = through(Output::Contents(contents.clone())) else {
            panic!("another kind");
        };
        assert_eq!(read, contents);

        let prompt = Prompt::new().user("hello");
        let Output::Prompt(read) = through(Output::Prompt(prompt.clone())) else {
            panic!("another kind");
        };
        assert_eq!(read, prompt);
    }

    #[test]
    fn an_invalid_text_is_not_a_result() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"tool":{"result":[],"is_wrapped":false,"meta":null}}"#,
        ] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
