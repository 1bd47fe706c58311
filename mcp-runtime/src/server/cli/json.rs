//! JSON for people: indented, with numbers unchanged.

/// The white space of one level.
const INDENT: &str = "  ";

/// Indents a JSON text; its scalars stay as they are.
pub(super) fn pretty(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut is_escaped) = (0, false, false);
    let mut rest = json.trim().chars().peekable();
    while let Some(it) = rest.next() {
        if in_string {
            text.push(it);
            in_string = is_escaped || it != '"';
            is_escaped = it == '\\' && !is_escaped;
            continue;
        }
        match it {
            '{' | '[' => {
                while rest.next_if(char::is_ascii_whitespace).is_some() {}
                text.push(it);
                if let Some(end) = rest.next_if(|it| matches!(it, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    new_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(it);
            }
            ',' => {
                text.push(it);
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ if it.is_ascii_whitespace() => {}
            _ => {
                text.push(it);
                in_string = it == '"';
            }
        }
    }
    text
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n(INDENT, depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_as_they_are_and_members_get_lines() {
        let json = r#"{"n": 123456789012345678901234567890 ,"t":"a\"{,:}\\","e":{ },"l":[1,[]]}"#;
        let lines = [
            "{",
            r#"  "n": 123456789012345678901234567890,"#,
            r#"  "t": "a\"{,:}\\","#,
            r#"  "e": {},"#,
            r#"  "l": ["#,
            "    1,",
            "    []",
            "  ]",
            "}",
        ];
        assert_eq!(pretty(json), lines.join("\n"));
        assert_eq!(pretty("\"x\""), "\"x\"");
    }
}
