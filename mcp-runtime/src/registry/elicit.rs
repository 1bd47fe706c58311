//! Parameters with `elicit`: those that the client did not send are elicited from its user, all in one round.
//!
//! All missing arguments are elicited together, so that they make one round; each has a form of its own, with the name
//! of the argument as its key. The user's values are checked by the rules of the parameter on arrival, and again
//! together with all arguments.

use futures_util::future::try_join_all;
use serde_json::value::RawValue;

use crate::handler::argument::arg::MissingArgument;
use crate::handler::{Context, ElicitError};
use crate::protocol::{Object, RawStr};

/// Returns the arguments that the client sent, as `raw`, merged with its user's input for the missing ones.
pub(super) async fn complete(
    cx: &Context,
    raw: Option<&RawValue>,
    missing: &[MissingArgument],
    check: impl Fn(&str, &RawValue) -> Result<(), String>,
) -> Result<Box<RawValue>, ElicitError> {
    let answers = missing
        .iter()
        .map(|argument| cx.elicit_argument(argument, |content| check(argument.name, content)));
    let answers = missing.iter().zip(try_join_all(answers).await?);
    let sent: Object<'_> = raw
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    // `null` counts as absent.
    let sent = sent
        .iter()
        .filter(|(_, value)| value.get() != "null")
        .map(|(name, value)| member(name, value));
    let written =
        answers.filter_map(|(argument, answer)| Some(member(argument.name, (&*answer?).into())));
    let text = format!("{{{}}}", sent.chain(written).collect::<Vec<_>>().join(","));
    // Assembled from valid JSON, which can always be parsed.
    Ok(RawValue::from_string(text).unwrap_or_default())
}

fn member(name: &str, value: RawStr<'_>) -> String {
    format!("{}:{}", serde_json::Value::from(name), value.get())
}
