//! Messages and texts at random, from a seed: each is read as `serde_json` reads it, or refused as it refuses it.
//!
//! `FUZZ_SEED` is another seed, `FUZZ_SECONDS` a longer run, as for the targets in `tests/fuzz`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use super::super::*;
use crate::protocol::Given;

/// The number of messages, unless `FUZZ_SECONDS` says how long they are made.
const ROUNDS: usize = 4_000;

/// Names that mean something, also written with escapes, and names that mean nothing.
const NAMES: [&str; 16] = [
    "jsonrpc",
    "id",
    "method",
    "params",
    "result",
    "error",
    "name",
    "arguments",
    "_meta",
    "progressToken",
    "par\\u0061ms",
    "\\u0061rguments",
    "_met\\u0061",
    "",
    "a\\ud800",
    "é\\n",
];

/// Texts that are values, and some that are none.
const SCALARS: [&str; 26] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-12.50",
    "1e5",
    "1E+5",
    "-0.1e-10",
    "1e999",
    "12345678901234567890",
    "\"\"",
    "\"2.0\"",
    "\"tools/call\"",
    "\"é€𝄞\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
    "\"\\ud800\"",
    "01",
    "1.",
    ".5",
    "-",
    "nul",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\u{1}\"",
];

/// A generator of numbers (xorshift64*).
struct Rng(u64);

impl Rng {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % end
    }

    fn space(&mut self) -> &'static str {
        ["", "", "", " ", "\n", "\t\r ", "\u{b}"]
            [self.below(13).min(6) % if self.below(50) == 0 { 7 } else { 6 }]
    }

    /// A value, of which nearly all are JSON.
    fn value(&mut self, depth: usize, out: &mut String) {
        out.push_str(self.space());
        match self.below(if depth == 0 { 4 } else { 10 }) {
            // The last eight are no JSON.
            0..4 => {
                let all = if self.below(40) == 0 {
                    SCALARS.len()
                } else {
                    SCALARS.len() - 8
                };
                out.push_str(SCALARS[self.below(all)]);
            }
            4..6 => {
                out.push('[');
                for n in 0..self.below(4) {
                    out.push_str(if n > 0 { "," } else { "" });
                    self.value(depth - 1, out);
                }
                out.push(']');
            }
            _ => self.object(depth - 1, &[], out),
        }
        out.push_str(self.space());
    }

    /// An object with these members at least.
    fn object(&mut self, depth: usize, members: &[(&str, &str)], out: &mut String) {
        out.push('{');
        let count = if self.below(20) == 0 { 50 } else { 6 };
        for n in 0..members.len() + self.below(count) {
            out.push_str(if n > 0 { "," } else { "" });
            out.push_str(self.space());
            let (name, value) = match members.get(n) {
                Some((name, value)) => (*name, Some(*value)),
                None => (NAMES[self.below(NAMES.len())], None),
            };
            out.extend(["\"", name, "\"", self.space(), ":"]);
            match value {
                Some(value) => out.push_str(value),
                None => self.value(depth, out),
            }
        }
        out.push('}');
    }

    /// A message, of which most are requests.
    fn message(&mut self) -> Vec<u8> {
        let (mut params, mut text) = (String::new(), String::new());
        self.value(4, &mut params);
        let all = [
            ("jsonrpc", "\"2.0\""),
            ("id", "7"),
            ("method", "\"tools/call\""),
            ("params", &*params),
        ];
        let kept: Vec<_> = all.into_iter().filter(|_| self.below(12) > 0).collect();
        self.object(3, &kept, &mut text);
        let mut text = text.into_bytes();
        for _ in 0..self.below(8).saturating_sub(4) {
            self.change(&mut text);
        }
        text
    }

    fn change(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len() + 1);
        match self.below(4) {
            0 if at < text.len() => text[at] ^= 1 << self.below(8),
            1 if at < text.len() => drop(text.remove(at)),
            2 => text.insert(at, b"{}[]\"\\,:0-.e \x01\xff\xc3"[self.below(16)]),
            3 => text.truncate(at.max(text.len() / 2)),
            _ => {}
        }
    }
}

/// The members of an object as `serde_json` reads them: of those with one name the last.
fn reference(text: &[u8]) -> Result<HashMap<String, &RawValue>, serde_json::Error> {
    serde_json::from_slice(text)
}

/// Checks that what has been read of `params`, and of the two objects in it, is what `serde_json` reads.
fn same_params(params: Option<&Members>, raw: Option<&RawValue>) {
    let raw = raw.filter(|raw| raw.get() != "null");
    let (Some(params), Some(raw)) = (params, raw) else {
        assert_eq!(params.is_some(), raw.is_some());
        return;
    };
    let expected = reference(raw.get().as_bytes()).unwrap();
    for (name, value) in &expected {
        if name != "_meta" {
            assert_eq!(params.get(name), Some(value.get().as_bytes()), "{name}");
        }
    }
    for name in ["name", "arguments", "a", "é\n"] {
        assert_eq!(
            params.get(name).is_some(),
            expected.contains_key(name),
            "{name}"
        );
    }
    let meta = expected.get("_meta").filter(|raw| raw.get() != "null");
    match params.meta() {
        None => assert!(meta.is_none()),
        Some(Err(_)) => assert!(!meta.unwrap().get().starts_with('{')),
        Some(Ok(members)) => {
            for (name, value) in reference(meta.unwrap().get().as_bytes()).unwrap() {
                assert_eq!(members.get(&name), Some(value.get().as_bytes()), "{name}");
            }
        }
    }
    let given = params.arguments();
    assert_eq!(
        given.map(|it| it.text().get()),
        expected.get("arguments").map(|raw| raw.get())
    );
    if let Some(Ok(object)) = given.map(Given::object) {
        let expected: Object<'_> = serde_json::from_str(given.unwrap().text().get()).unwrap();
        assert!(object.iter().eq(expected.iter()));
    }
}

/// Returns `true` if the names in all objects that are opened when a message is read can be decoded.
fn has_names(text: &[u8]) -> bool {
    let Ok(message) = reference(text) else {
        return false;
    };
    // Each `params` is opened, not only the last.
    let all: Object<'_> = serde_json::from_slice(text).unwrap();
    let params = all.iter().filter(|(name, _)| *name == "params");
    let opened = params
        .filter(|(_, raw)| raw.get().starts_with('{'))
        .all(|(_, raw)| {
            let Ok(members) = serde_json::from_str::<Object<'_>>(raw.get()) else {
                return false;
            };
            members
                .iter()
                .filter(|(name, _)| matches!(*name, "_meta" | "arguments"))
                .all(|(_, raw)| {
                    !raw.get().starts_with('{')
                        || serde_json::from_str::<Object<'_>>(raw.get()).is_ok()
                })
        });
    drop(message);
    opened
}

fn agrees(text: &[u8]) {
    let shown = String::from_utf8_lossy(text).into_owned();
    let read = Message::parse(&Bytes::copy_from_slice(text));
    let is_json = serde_json::from_slice::<&RawValue>(text).is_ok();
    let first = text.trim_ascii_start().first();
    if !is_json || first != Some(&b'{') {
        // Of a text that begins as another value, the rest need not be read to refuse it.
        let code = match read {
            Ok(Message::Batch(_)) => -32600,
            Ok(_) => panic!("read: {shown}"),
            Err(malformed) => malformed.error.code,
        };
        assert!(code == -32600 || !is_json, "{shown}");
        assert!(code == -32700 || first != Some(&b'{'), "{shown}");
        return;
    }
    if !has_names(text) {
        assert_eq!(read.unwrap_err().error.code, -32700, "{shown}");
        return;
    }
    let members = reference(text).unwrap();
    match read {
        Ok(Message::Request(request)) => {
            assert_eq!(request.id.as_bytes(), members["id"].get().as_bytes());
            let method: String = serde_json::from_str(members["method"].get()).unwrap();
            assert_eq!(request.method.as_str(), method);
            same_params(request.params.as_deref(), members.get("params").copied());
        }
        Ok(Message::Notification(notification)) => {
            assert!(!members.contains_key("id"), "{shown}");
            same_params(
                notification.params.as_deref(),
                members.get("params").copied(),
            );
        }
        Ok(Message::Response(_)) => assert!(!members.contains_key("method"), "{shown}"),
        Ok(Message::Batch(_)) => panic!("no batch: {shown}"),
        Err(malformed) => assert_eq!(malformed.error.code, -32600, "{shown}"),
    }
}

#[test]
fn a_message_is_read_as_serde_json_reads_it() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let mut rng = Rng(number("FUZZ_SEED").unwrap_or(0x5eed).max(1));
    let ends = number("FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut requests = 0;
    for round in 0.. {
        if ends.map_or(round >= ROUNDS, |ends| Instant::now() >= ends) {
            break;
        }
        let text = rng.message();
        agrees(&text);
        let read = Message::parse(&text.into());
        requests += usize::from(matches!(read, Ok(Message::Request(_))));
    }
    assert!(ends.is_some() || requests > ROUNDS / 40, "{requests}");
}
