//! One field of a form in a terminal: its hint, and the parsing of the input line.

use std::fmt;

use serde_json::Value;

/// A field of a form.
pub(super) struct Field<'a> {
    name: &'a str,
    schema: &'a Value,
    is_required: bool,
}

impl<'a> Field<'a> {
    pub(super) fn new(name: &'a str, schema: &'a Value, is_required: bool) -> Self {
        Self {
            name,
            schema,
            is_required,
        }
    }

    /// Parses a line; `null` for an optional field that is omitted. The error describes the expected value.
    pub(super) fn read(&self, line: &str) -> Result<Value, String> {
        if line.is_empty() {
            return match self.schema.get("default") {
                Some(default) => Ok(default.clone()),
                None if self.is_required => Err(format!("`{}` is required", self.name)),
                None => Ok(Value::Null),
            };
        }
        let value = match self.schema["type"].as_str() {
            Some("boolean") => truth(line).map(Value::Bool),
            Some("integer") => line
                .parse::<i64>()
                .ok()
                .map(Value::from)
                .filter(|value| self.holds(value)),
            Some("number") => line
                .parse::<f64>()
                .ok()
                .map(Value::from)
                .filter(|value| self.holds(value)),
            Some("array") => self.list(line),
            _ if self.choices().is_empty() => Some(line.into()),
            _ => self.choice(line),
        };
        value.ok_or_else(|| format!("write {}", self.wanted()))
    }

    /// Returns true if a number is within its limits.
    fn holds(&self, value: &Value) -> bool {
        let limit = |keyword: &str| self.schema[keyword].as_f64();
        let Some(value) = value.as_f64() else {
            return false;
        };
        limit("minimum").is_none_or(|least| value >= least)
            && limit("maximum").is_none_or(|most| value <= most)
    }

    fn list(&self, line: &str) -> Option<Value> {
        let parts = line
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(|part| self.choice(part)).collect()
    }

    /// The choice with this number, name or title.
    fn choice(&self, text: &str) -> Option<Value> {
        let choices = self.choices();
        let by_name =
            |(name, title): &&(&str, &str)| *name == text || title.eq_ignore_ascii_case(text);
        let by_number = || choices.get(text.parse::<usize>().ok()?.checked_sub(1)?);
        let (name, _) = choices.iter().find(by_name).or_else(by_number)?;
        Some((*name).into())
    }

    /// The names of an enum's values, each with its title.
    fn choices(&self) -> Vec<(&'a str, &'a str)> {
        let schema = self.schema.get("items").unwrap_or(self.schema);
        let titled = ["oneOf", "anyOf"];
        let titled = titled
            .iter()
            .find_map(|keyword| schema[*keyword].as_array());
        if let Some(titled) = titled {
            let pair = |choice: &'a Value| {
                let name = choice["const"].as_str()?;
                Some((name, choice["title"].as_str().unwrap_or(name)))
            };
            return titled.iter().filter_map(pair).collect();
        }
        let names = schema["enum"].as_array().into_iter().flatten();
        let title = |place: usize| schema["enumNames"][place].as_str();
        let names = names.filter_map(Value::as_str).enumerate();
        names
            .map(|(place, name)| (name, title(place).unwrap_or(name)))
            .collect()
    }

    /// A description of the values; empty for any text.
    fn wanted(&self) -> String {
        let choices = self.choices();
        if !choices.is_empty() {
            let choices = choices.iter().enumerate();
            let choices = choices.map(|(place, (_, title))| format!("{}: {title}", place + 1));
            let choices = choices.collect::<Vec<_>>().join(", ");
            return if self.schema["type"] == "array" {
                format!("any of {choices}, with commas between them")
            } else {
                choices
            };
        }
        let noun = match self.schema["type"].as_str() {
            Some("boolean") => "yes or no",
            Some("integer") => "an integer",
            Some("number") => "a number",
            _ => return String::new(),
        };
        let (least, most) = (&self.schema["minimum"], &self.schema["maximum"]);
        match (least.is_number(), most.is_number()) {
            (true, true) => format!("{noun} from {least} to {most}"),
            (true, false) => format!("{noun}, at least {least}"),
            (false, true) => format!("{noun}, at most {most}"),
            (false, false) => noun.to_owned(),
        }
    }
}

/// The prompt in the terminal: `Seats (an integer from 1 to 9) [2]`.
impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.schema["title"].as_str().unwrap_or(self.name))?;
        let wanted = self.wanted();
        if !wanted.is_empty() {
            write!(f, " ({wanted})")?;
        }
        match self.schema.get("default") {
            Some(Value::String(text)) => write!(f, " [{text}]"),
            Some(Value::Bool(value)) => f.write_str(if *value { " [yes]" } else { " [no]" }),
            Some(default) => write!(f, " [{default}]"),
            None if self.is_required => Ok(()),
            None => f.write_str(" [none]"),
        }
    }
}

fn truth(line: &str) -> Option<bool> {
    match line.to_lowercase().as_str() {
        "y" | "yes" | "true" => Some(true),
        "n" | "no" | "false" => Some(false),
        _ => None,
    }
}
