//! Elicitation in the terminal: a person fills in forms line by line and opens URLs.

use std::io::{self, BufRead, IsTerminal as _};

use serde_json::{Map, Value, json};

use super::field::Field;
use crate::error::{Error, Result};

/// The input that declines.
const DECLINE: &str = "!";

/// Prompts the person at the terminal; returns the `inputResponses` for `requests`.
pub(super) fn answer(requests: &Value) -> Result<Map<String, Value>> {
    let requests = || requests.as_object().into_iter().flatten();
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        let asked = requests().map(|(key, request)| {
            let message = request["params"]["message"].as_str().unwrap_or_default();
            format!("`{key}`: {message}")
        });
        let code = super::exit::REFUSED;
        return Err(Error::command(
            code,
            format!(
                "the server asks its user, and stdin is no terminal; run the command in a terminal, or give an argument \
             that is asked for as NAME=VALUE\n{}",
                asked.collect::<Vec<_>>().join("\n")
            ),
        ));
    }
    let mut person = Terminal {
        lines: stdin.lock(),
        screen: io::stderr(),
    };
    requests()
        .map(|(key, request)| Ok((key.clone(), person.respond(request)?)))
        .collect::<io::Result<_>>()
        .map_err(|cause| Error::io("the terminal cannot be used", cause))
}

/// The outcome of one prompt.
enum Answer {
    Given(Value),
    Declined,
    /// The input has ended.
    Cancelled,
}

/// The screen and the input of a person.
struct Terminal<R, W> {
    lines: R,
    screen: W,
}

impl<R: BufRead, W: io::Write> Terminal<R, W> {
    /// Responds to one elicitation.
    fn respond(&mut self, request: &Value) -> io::Result<Value> {
        let params = &request["params"];
        let message = params["message"].as_str().unwrap_or_default();
        writeln!(
            self.screen,
            "{message} (`{DECLINE}` declines, the end of input cancels)"
        )?;
        let answer = match params["url"].as_str() {
            Some(url) => self.open_url(url)?,
            None => self.fill_in(&params["requestedSchema"])?,
        };
        Ok(match answer {
            Answer::Given(Value::Null) => json!({ "action": "accept" }),
            Answer::Given(content) => json!({ "action": "accept", "content": content }),
            Answer::Declined => json!({ "action": "decline" }),
            Answer::Cancelled => json!({ "action": "cancel" }),
        })
    }

    fn open_url(&mut self, url: &str) -> io::Result<Answer> {
        write!(self.screen, "open {url} and press Enter when done: ")?;
        Ok(match self.line()?.as_deref() {
            None => Answer::Cancelled,
            Some(DECLINE) => Answer::Declined,
            Some(_) => Answer::Given(Value::Null),
        })
    }

    fn fill_in(&mut self, schema: &Value) -> io::Result<Answer> {
        let mut content = Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.iter().any(|one| one == name);
            match self.field(&Field::new(name, schema, is_required))? {
                Answer::Given(Value::Null) => {}
                Answer::Given(value) => drop(content.insert(name.clone(), value)),
                other => return Ok(other),
            }
        }
        Ok(Answer::Given(content.into()))
    }

    /// Prompts for one field until the line is valid; `null` omits it.
    fn field(&mut self, field: &Field<'_>) -> io::Result<Answer> {
        loop {
            write!(self.screen, "{field}: ")?;
            let Some(line) = self.line()? else {
                return Ok(Answer::Cancelled);
            };
            if line == DECLINE {
                return Ok(Answer::Declined);
            }
            match field.read(&line) {
                Ok(value) => return Ok(Answer::Given(value)),
                Err(wanted) => writeln!(self.screen, "  {wanted}")?,
            }
        }
    }

    /// Reads a line without its end; `None` at the end of input.
    fn line(&mut self) -> io::Result<Option<String>> {
        self.screen.flush()?;
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            writeln!(self.screen)?;
            return Ok(None);
        }
        Ok(Some(line.trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The response to `params` for these input lines, and the screen.
    fn typed(params: &Value, lines: &str) -> (Value, String) {
        let mut person = Terminal {
            lines: lines.as_bytes(),
            screen: Vec::new(),
        };
        let answer = person.respond(&json!({ "params": params })).unwrap();
        (answer, String::from_utf8(person.screen).unwrap())
    }

    fn form(properties: &Value, required: &Value, lines: &str) -> (Value, String) {
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        typed(
            &json!({ "message": "Who?", "requestedSchema": schema }),
            lines,
        )
    }

    #[test]
    fn a_form_is_filled_in_line_by_line() {
        let properties = json!({
            "name": { "type": "string", "title": "Your name" },
            "seats": { "type": "integer", "minimum": 1, "maximum": 9, "default": 2 },
            "price": { "type": "number" },
            "sure": { "type": "boolean" },
            "meal": { "type": "string", "enum": ["fish", "pie"] },
            "days": { "type": "array", "items": { "type": "string", "enum": ["mon", "tue", "wed"] } },
            "note": { "type": "string" },
        });
        let required = json!(["name", "sure", "meal", "days", "price"]);
        let (answer, screen) = form(&properties, &required, "Ann\n\n1.5\nyes\n2\nmon, 3\n\n");
        let content = json!({
            "name": "Ann", "seats": 2, "price": 1.5, "sure": true, "meal": "pie", "days": ["mon", "wed"]
        });
        assert_eq!(
            answer,
            json!({ "action": "accept", "content": content }),
            "{screen}"
        );
        assert!(screen.starts_with("Who? (`!` declines"), "{screen}");
        assert!(screen.contains("Your name: "), "{screen}");
        assert!(
            screen.contains("seats (an integer from 1 to 9) [2]: "),
            "{screen}"
        );
        assert!(screen.contains("meal (1: fish, 2: pie): "), "{screen}");
    }

    #[test]
    fn a_line_that_does_not_fit_is_asked_for_again() {
        let properties = json!({ "seats": { "type": "integer", "minimum": 1, "maximum": 9 } });
        let (answer, screen) = form(&properties, &json!(["seats"]), "\nten\n1.5\n10\n 9 \n");
        assert_eq!(answer["content"], json!({ "seats": 9 }));
        assert_eq!(
            screen.matches("seats (an integer from 1 to 9): ").count(),
            5,
            "{screen}"
        );
    }

    #[test]
    fn a_person_declines_or_ends_the_input() {
        let properties = json!({ "a": { "type": "string" }, "b": { "type": "string" } });
        assert_eq!(
            form(&properties, &json!([]), "x\n!\n").0,
            json!({ "action": "decline" })
        );
        assert_eq!(
            form(&properties, &json!([]), "x\n").0,
            json!({ "action": "cancel" })
        );
    }

    #[test]
    fn a_url_is_opened_by_the_person() {
        let params = json!({ "message": "Sign in.", "mode": "url", "url": "https://x.com/in" });
        let (answer, screen) = typed(&params, "\n");
        assert_eq!(answer, json!({ "action": "accept" }));
        assert!(
            screen.contains("open https://x.com/in and press Enter"),
            "{screen}"
        );
        assert_eq!(typed(&params, "!\n").0, json!({ "action": "decline" }));
        assert_eq!(typed(&params, "").0, json!({ "action": "cancel" }));
    }
}
