//! The notifications of a call in the terminal: a bar for its progress, a line for each log message.

use std::io::{self, IsTerminal as _, Write as _};

use serde_json::Value;

/// The number of characters of a full bar.
const WIDTH: usize = 24;

/// The last line of the terminal, while a call runs.
pub(super) struct Progress {
    is_terminal: bool,
    is_shown: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            is_shown: false,
        }
    }

    /// Shows a notification of the server.
    pub(super) fn show(&mut self, method: &str, params: &Value) {
        match method {
            "notifications/progress" if self.is_terminal => self.draw(&bar(params)),
            "notifications/message" => {
                self.clear();
                let level = params["level"].as_str().unwrap_or("info");
                let data = &params["data"];
                let text = data.as_str().map_or_else(|| data.to_string(), printable);
                let _ = writeln!(io::stderr(), "{level}: {text}");
            }
            _ => {}
        }
    }

    /// Shows the status message of a task in place of the bar.
    pub(super) fn status(&mut self, text: Option<&str>) {
        if let (Some(text), true) = (text, self.is_terminal) {
            self.draw(&printable(text));
        }
    }

    /// Replaces the bar by a line.
    fn draw(&mut self, line: &str) {
        let _ = write!(io::stderr(), "\r\x1b[K{line}");
        let _ = io::stderr().flush();
        self.is_shown = true;
    }

    /// Removes the bar.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// `[######            ] 25 % page 3`, or `12 page 3` if the total is unknown.
fn bar(params: &Value) -> String {
    let done = params["progress"].as_f64().unwrap_or_default();
    let total = params["total"].as_f64().filter(|total| *total > 0.0);
    let message = printable(params["message"].as_str().unwrap_or_default());
    let shown = match total {
        Some(total) => {
            let part = (done / total).clamp(0.0, 1.0);
            let full = (0..WIDTH).filter(|cell| reaches(part, *cell)).count();
            let (full, rest) = ("#".repeat(full), " ".repeat(WIDTH - full));
            format!("[{full}{rest}] {:.0} %", part * 100.0)
        }
        None => done.to_string(),
    };
    format!("{shown} {message}").trim_end().to_owned()
}

/// Returns true if a bar of which `part` is full has filled its cell number `cell`.
fn reaches(part: f64, cell: usize) -> bool {
    let (cell, width) = (
        u32::try_from(cell).unwrap_or(u32::MAX),
        u32::try_from(WIDTH).unwrap_or(u32::MAX),
    );
    part * f64::from(width) >= f64::from(cell) + 1.0
}

/// A text without the characters that move the cursor.
fn printable(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_bar_is_as_full_as_the_work_is_done() {
        for (params, bar) in [
            (
                json!({ "progress": 1, "total": 4, "message": "page 1" }),
                "[######                  ] 25 % page 1",
            ),
            (
                json!({ "progress": 9, "total": 4 }),
                "[########################] 100 %",
            ),
            (
                json!({ "progress": 0, "total": 4 }),
                "[                        ] 0 %",
            ),
            (
                json!({ "progress": 12.5, "message": "a\x1b[2Jb" }),
                "12.5 a [2Jb",
            ),
            (json!({ "progress": 3, "total": 0 }), "3"),
        ] {
            assert_eq!(super::bar(&params), bar, "{params}");
        }
    }
}
