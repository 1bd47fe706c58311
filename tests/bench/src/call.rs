//! The calls that are made again and again, and the check that they were answered.
//!
//! Numbers have ten digits, so every request and every right answer of a server has the same length: a request is
//! made by overwriting digits, an answer is checked by comparing bytes with the first one, which was parsed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Digits of an id. The addend and the sum have as many.
const DIGITS: usize = 10;

/// Where a number goes in a request under construction.
const BLANK: &str = "##########";

/// What is added to the id.
const ADDEND: u64 = 2;

/// One of the tools, with its arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Call {
    /// `add(a, b)`.
    #[default]
    Add,
    /// `echo(text)` with 1 MB of source code, which has escapes in JSON.
    Echo,
}

impl Call {
    /// The name of the tool.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Echo => "echo",
        }
    }

    /// The length of the longest answer that is understood, head and body, and of the parts in which it is read.
    pub(crate) const fn room(self) -> (usize, usize) {
        match self {
            Self::Add => (16 * 1024, 4 * 1024),
            Self::Echo => (4 * 1024 * 1024, 256 * 1024),
        }
    }

    fn arguments(self) -> String {
        match self {
            Self::Add => format!(r#"{{"a":{BLANK},"b":{ADDEND}}}"#),
            Self::Echo => serde_json::json!({ "text": source_code() }).to_string(),
        }
    }
}

/// 1 MB of text with line breaks, indentation and quotes.
pub(crate) fn source_code() -> String {
    let line =
        "\tif let Some(name) = names.get(\"the name\") {\n\t\tprintln!(\"{name}: é\");\n\t}\n";
    line.repeat(1_000_000 / line.len())
}

/// The calls of one slot of the load generator: a connection, or one of the lines in flight.
///
/// An id is never used twice, and says which slot it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    next: u64,
    slots: u64,
}

impl Ids {
    /// The ids of slot `slot` of `slots`.
    pub(crate) fn new(slot: usize, slots: usize) -> Self {
        let (slot, slots) = (slot as u64, slots as u64);
        Self {
            next: 1_000_000_000_u64.next_multiple_of(slots) + slot,
            slots,
        }
    }

    /// The slot of `slots` that an id belongs to.
    pub(crate) fn slot(id: u64, slots: usize) -> usize {
        usize::try_from(id % slots as u64).unwrap_or_default()
    }

    /// An id that was not used before.
    pub(crate) fn take(&mut self) -> u64 {
        let id = self.next;
        self.next += self.slots;
        id
    }
}

/// A request whose number can be changed.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Request {
    /// One line, with its newline.
    pub(crate) fn line(call: Call) -> Self {
        Self::numbered(format!("{}\n", body(call)))
    }

    /// One HTTP request, head and body.
    pub(crate) fn http(call: Call, host: &str) -> Self {
        let body = body(call);
        Self::numbered(format!(
            "POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
             Mcp-Method: tools/call\r\nMcp-Name: {name}\r\nContent-Length: {length}\r\n\r\n{body}",
            name = call.name(),
            length = body.len(),
        ))
    }

    fn numbered(text: String) -> Self {
        let places = text.match_indices(BLANK).map(|(place, _)| place).collect();
        Self {
            bytes: text.into_bytes(),
            places,
        }
    }

    /// The bytes of call `id`.
    pub(crate) fn with_id(&mut self, id: u64) -> &[u8] {
        for &place in &self.places {
            write_digits(&mut self.bytes[place..place + DIGITS], id);
        }
        &self.bytes
    }
}

/// A call, as a client of revision 2026-07-28 makes it.
pub(crate) fn body(call: Call) -> String {
    let (name, arguments) = (call.name(), call.arguments());
    format!(
        r#"{{"jsonrpc":"2.0","id":{BLANK},"method":"tools/call","params":{{"name":"{name}","arguments":{arguments},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

/// The answers of one server: the first is parsed, the others are compared with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    call: Call,
    right: Vec<u8>,
    id_at: usize,
    sum_at: Option<usize>,
}

impl Answers {
    /// The answers to one kind of call.
    pub(crate) fn new(call: Call) -> Self {
        Self {
            call,
            ..Self::default()
        }
    }

    /// The id of a call that was answered with its sum; an error when this is anything else.
    pub(crate) fn check(&mut self, answer: &[u8]) -> Result<u64, Error> {
        match self.compared(answer) {
            Some(id) => Ok(id),
            None => self.parsed(answer),
        }
    }

    fn compared(&mut self, answer: &[u8]) -> Option<u64> {
        if self.right.is_empty() || answer.len() != self.right.len() {
            return None;
        }
        let id = read_digits(&answer[self.id_at..self.id_at + DIGITS])?;
        write_digits(&mut self.right[self.id_at..self.id_at + DIGITS], id);
        if let Some(sum_at) = self.sum_at {
            write_digits(&mut self.right[sum_at..sum_at + DIGITS], id + ADDEND);
        }
        (answer == self.right).then_some(id)
    }

    fn parsed(&mut self, answer: &[u8]) -> Result<u64, Error> {
        let Ok(Response { id, result }) = serde_json::from_slice(answer) else {
            return Err(Error::wrong("not the result of a call", answer));
        };
        let expected = match self.call {
            Call::Add => (id + ADDEND).to_string(),
            Call::Echo => source_code(),
        };
        let [Content { text }] = &result.content[..] else {
            return Err(Error::wrong("not one block of content", answer));
        };
        if *text != expected || result.is_error || result.result_type != "complete" {
            return Err(Error::wrong(
                "not a complete result with the right text",
                answer,
            ));
        }
        let sum_at = match self.call {
            Call::Add => place(answer, &expected),
            Call::Echo => None,
        };
        let is_found = sum_at.is_some() || self.call == Call::Echo;
        if let (Some(id_at), true) = (place(answer, &id.to_string()), is_found) {
            self.right = answer.to_vec();
            (self.id_at, self.sum_at) = (id_at, sum_at);
        }
        Ok(id)
    }
}

/// Where `number` stands in `answer`, when it stands there once.
fn place(answer: &[u8], number: &str) -> Option<usize> {
    let mut places = answer
        .windows(DIGITS)
        .enumerate()
        .filter(|(_, window)| *window == number.as_bytes());
    match (places.next(), places.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    }
}

fn write_digits(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn read_digits(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u64::from(digit - b'0'))
    })
}

#[derive(Deserialize)]
struct Response<'a> {
    id: u64,
    #[serde(borrow)]
    result: CallResult<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallResult<'a> {
    #[serde(borrow)]
    result_type: Cow<'a, str>,
    #[serde(borrow)]
    content: Vec<Content<'a>>,
    #[serde(default)]
    is_error: bool,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::{Answers, Call, Ids, Request, source_code};

    const ID: u64 = 1_000_000_007;

    fn answer(id: u64, sum: u64) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","result":{{"content":[{{"type":"text","text":"{sum}"}}],"resultType":"complete"}},"id":{id}}}"#
        )
    }

    #[test]
    fn ids_are_unique_over_slots_and_keep_their_length() {
        let (mut a, mut b) = (Ids::new(0, 2), Ids::new(1, 2));
        assert_eq!(
            [a.take(), b.take(), a.take()],
            [1_000_000_000, 1_000_000_001, 1_000_000_002]
        );
        assert_eq!(Ids::slot(Ids::new(63, 64).take(), 64), 63);
    }

    #[test]
    fn a_request_is_json_with_its_id_twice() {
        let line = Request::line(Call::Add).with_id(ID).to_vec();
        let request: serde_json::Value = serde_json::from_slice(&line).unwrap_or_default();
        assert_eq!(
            [&request["id"], &request["params"]["arguments"]["a"]],
            [ID, ID]
        );
    }

    #[test]
    fn right_answers_pass_parsed_and_compared() {
        let mut answers = Answers::default();
        for id in [ID, ID + 1, ID + 99] {
            assert_eq!(answers.check(answer(id, id + 2).as_bytes()).ok(), Some(id));
        }
    }

    #[test]
    fn an_echo_is_answered_with_all_of_its_text() {
        let answer = |id: u64, text: &str| {
            let result = serde_json::json!({ "content": [{ "type": "text", "text": text }], "resultType": "complete" });
            serde_json::json!({ "id": id, "result": result }).to_string()
        };
        let mut answers = Answers::new(Call::Echo);
        let short = answer(ID, &source_code()[1..]);
        assert!(answers.check(short.as_bytes()).is_err());
        for id in [ID, ID + 1] {
            let right = answer(id, &source_code());
            assert_eq!(answers.check(right.as_bytes()).ok(), Some(id));
        }
    }

    #[test]
    fn wrong_answers_do_not() {
        let mut answers = Answers::default();
        assert!(answers.check(answer(ID, ID).as_bytes()).is_err(), "parsed");
        assert!(answers.check(answer(ID, ID + 2).as_bytes()).is_ok());
        assert!(
            answers.check(answer(ID + 1, ID + 2).as_bytes()).is_err(),
            "compared"
        );
        assert!(
            answers
                .check(br#"{"id":1000000007,"error":{"code":-32603}}"#)
                .is_err()
        );
        let refused = answer(ID, ID + 2).replace(']', r#"],"isError":true"#);
        assert!(answers.check(refused.as_bytes()).is_err());
    }
}
