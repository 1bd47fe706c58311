//! Types that may be absent, and types that wrap another one.

#![expect(clippy::option_option, reason = "null is told from an absent value")]

use std::cell::Cell;
use std::num::NonZeroU8;
use std::ops::Range;
use std::sync::Mutex;

use mcp_runtime::model;
use serde_json::{Map, Value};

/// A length.
#[model]
#[derive(Debug)]
pub(super) struct Meters(f64);

/// A name.
#[model]
#[derive(Debug)]
#[serde(transparent)]
pub(super) struct Name {
    name: String,
}

/// A change.
#[model]
#[derive(Debug)]
pub(super) struct Change {
    name: String,
    #[serde(default)]
    note: Option<Option<String>>,
}

super::table! {
    maybe: Option<u8> { takes ["1", "255"] refuses ["256", "\"x\"", "[]"] repairs ["null", "\"\""] }
    maybe_text: Option<String> { takes ["\"\""] refuses ["5", "[]", "{}"] repairs ["null"] }
    maybe_list: Option<Vec<u8>> { takes ["[1]"] refuses ["[256]", "5", "{}"] repairs ["null"] }
    maybe_nonzero: Option<NonZeroU8> { takes ["1"] refuses ["0", "-1", "256"] repairs ["null"] }
    twice: Option<Option<u8>> { takes ["1", "null"] refuses ["256", "\"x\"", "{}"] }
    change: Change {
        takes ["{\"name\":\"a\"}", "{\"name\":\"a\",\"note\":\"b\"}"]
        refuses ["{\"name\":\"a\",\"note\":5}", "{\"note\":null}", "{\"name\":\"a\",\"noet\":null}"]
        repairs ["{\"name\":\"a\",\"note\":null}"]
    }
    boxed: Box<u8> { takes ["1"] refuses ["256", "null", "\"x\""] }
    cell: Cell<u8> { takes ["1"] refuses ["256", "null", "\"x\""] }
    mutex: Mutex<bool> { takes ["true"] refuses ["5", "null", "\"x\""] }
    meters: Meters { takes ["1.5"] refuses ["\"far\"", "null", "[1]"] repairs ["\"1.5\""] }
    name: Name { takes ["\"a\""] refuses ["{\"name\":\"a\"}", "5", "null"] }
    range: Range<u8> {
        takes ["{\"start\":1,\"end\":5}"] refuses ["{\"start\":1}", "{\"start\":-1,\"end\":5}", "[1,5]"]
    }
    anything: Value { takes ["{\"a\":[1,null]}", "5", "\"x\""] refuses ["\"\\ud800\"", "[{\"\\ud800\":1}]"] unsaid ["{\"a\":1,\"a\":2}"] }
    any_object: Map<String, Value> { takes ["{\"a\":[1]}"] refuses ["5", "[]"] unsaid ["{\"a\":1,\"a\":2}"] }
    outcome: Result<u8, String> { takes ["{\"Ok\":1}", "{\"Err\":\"a\"}"] refuses ["{\"Ok\":256}", "{\"ok\":1}", "1"] }
}
