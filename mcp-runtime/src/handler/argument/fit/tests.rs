mod fuzz;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::{Fit, STEPS, Tape};
use crate::handler::spec::kind::{Item, Kind};
use crate::schema::shape::Compiler;

struct Fitted {
    written: String,
    told: String,
    steps: usize,
    values: usize,
}

impl Fitted {
    fn result(self) -> Result<Value, String> {
        if self.told.is_empty() {
            Ok(serde_json::from_str(&self.written).unwrap())
        } else {
            Err(self.told)
        }
    }
}

fn fit_raw(raw: &RawValue, schema: &Value, defs: &Map<String, Value>) -> Fitted {
    let mut compiler = Compiler::new(defs);
    let root = compiler.compile(schema);
    let shapes = compiler.finish();
    let tape = Tape::parse(raw.into());
    let mut fit = Fit::new(&shapes, true, "x", false);
    fit.run(&tape, root);
    let problems = fit.problems;
    let item = Item {
        kind: Kind::Tool,
        name: "tool",
    };
    Fitted {
        told: if problems.is_empty() {
            String::new()
        } else {
            problems.describe(item)
        },
        steps: fit.steps,
        values: tape.len(),
        written: fit.written,
    }
}

fn run(value: &Value, schema: &Value) -> Result<Value, String> {
    fit_raw(&to_raw_value(value).unwrap(), schema, &Map::new()).result()
}

#[test]
fn coerces_only_what_loses_nothing() {
    let cases = [
        (json!("5"), json!({"type": "integer"}), json!(5)),
        (json!(5.0), json!({"type": "integer"}), json!(5)),
        (json!(" -1.5 "), json!({"type": "number"}), json!(-1.5)),
        (json!("true"), json!({"type": "boolean"}), json!(true)),
        (
            json!("{\"a\":\"1\"}"),
            json!({"type": "object", "properties": {"a": {"type": "integer"}}}),
            json!({"a": 1}),
        ),
        (
            json!(["1", 2]),
            json!({"type": "array", "items": {"type": "integer"}}),
            json!([1, 2]),
        ),
    ];
    for (given, schema, wanted) in cases {
        assert_eq!(run(&given, &schema), Ok(wanted), "{given}");
    }
    for (given, schema) in [
        (json!("5.5"), json!({"type": "integer"})),
        (json!("five"), json!({"type": "integer"})),
        (json!(1e300), json!({"type": "integer"})),
        (json!("yes"), json!({"type": "boolean"})),
        (json!(5), json!({"type": "string"})),
        (json!(1), json!({"type": "boolean"})),
    ] {
        assert!(run(&given, &schema).is_err(), "{given} for {schema}");
    }
}

#[test]
fn names_every_problem_with_its_path() {
    let schema = json!({"type": "object", "required": ["a", "b"], "additionalProperties": false, "properties": {
        "a": {"type": "integer"}, "b": {"type": "string"}, "kind": {"enum": ["fast", "slow"]},
    }});
    let text = run(&json!({"a": [], "kind": "fsat", "kinds": 1}), &schema).unwrap_err();
    for problem in [
        "`x.a` must be an integer, was an array",
        "`x.b` is missing (a string)",
        "`x.kind` must be one of \"fast\", \"slow\", was \"fsat\"; did you mean \"fast\"?",
        "`x.kinds` is not a known member; did you mean `kind`?",
    ] {
        assert!(text.contains(problem), "{text}");
    }
}

fn op(name: &str, members: &Value) -> Value {
    let mut properties = json!({"op": {"type": "string", "const": name}});
    let required: Vec<&str> = members
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let required: Vec<&str> = [vec!["op"], required].concat();
    for (name, schema) in members.as_object().unwrap() {
        properties[name] = schema.clone();
    }
    json!({"type": "object", "properties": properties, "required": required})
}

fn without_tag(mut branch: Value) -> Value {
    branch["properties"]["op"] = json!({});
    branch["required"]
        .as_array_mut()
        .unwrap()
        .retain(|name| name != "op");
    branch
}

/// Nested filters: discriminated by a tag, or only by their members.
fn filters(tagged: bool) -> Map<String, Value> {
    let inner = json!({"$ref": "#/$defs/Filter"});
    let items = json!({"items": {"type": "array", "items": inner}});
    let mut branches = vec![
        op("And", &items),
        op("Or", &items),
        op("Not", &json!({"item": inner})),
        op(
            "Eq",
            &json!({"field": {"type": "string"}, "value": {"type": "integer"}}),
        ),
    ];
    if !tagged {
        branches = branches.into_iter().map(without_tag).collect();
    }
    let key = if tagged { "oneOf" } else { "anyOf" };
    json!({"Filter": {key: branches}})
        .as_object()
        .unwrap()
        .clone()
}

fn nested(depth: usize, leaves: usize) -> Box<RawValue> {
    let leaf = json!({"op": "Eq", "field": "a", "value": "x"}).to_string();
    let leaves = vec![leaf; leaves].join(",");
    let text = format!(
        "{}{{\"op\":\"Or\",\"items\":[{leaves}]}}{}",
        r#"{"op":"And","items":["#.repeat(depth),
        "]}".repeat(depth)
    );
    RawValue::from_string(text).unwrap()
}

#[test]
fn the_branch_that_the_tag_names_is_the_only_one_followed_at_any_depth() {
    let root = json!({"$ref": "#/$defs/Filter"});
    for depth in [0, 1, 18, 30, 60] {
        let fitted = fit_raw(&nested(depth, 500), &root, &filters(true));
        let path = ".items[0]".repeat(depth);
        for leaf in [0, 9] {
            let problem = format!("`x{path}.items[{leaf}].value` must be an integer, was \"x\"");
            assert!(fitted.told.contains(&problem), "{}", fitted.told);
        }
        assert!(fitted.told.contains("- and 480 more"), "{}", fitted.told);
        assert!(
            fitted.steps <= fitted.values,
            "{} steps for {} values",
            fitted.steps,
            fitted.values
        );
    }
}

#[test]
fn a_union_without_a_tag_costs_work_that_is_linear_in_the_value() {
    let root = json!({"$ref": "#/$defs/Filter"});
    for depth in [1, 18, 30, 60] {
        for leaves in [1, 50, 500] {
            let fitted = fit_raw(&nested(depth, leaves), &root, &filters(false));
            let most = 60 * fitted.values + 600 * depth;
            assert!(
                fitted.steps <= most,
                "{} steps for {} values",
                fitted.steps,
                fitted.values
            );
            let problem = ".value` must be an integer, was \"x\"";
            assert!(fitted.told.contains(problem), "{}", fitted.told);
        }
    }
}

#[test]
fn a_value_beyond_the_steps_is_left_to_the_decoder() {
    let root = json!({"$ref": "#/$defs/Filter"});
    let raw = nested(100, 50_000);
    let fitted = fit_raw(&raw, &root, &filters(false));
    assert!(fitted.steps <= STEPS.0 + STEPS.1 * fitted.values);
    assert_eq!(fitted.written, raw.get());
}

#[test]
fn mutual_recursion_and_options_of_options_end() {
    let defs = json!({
        "A": {"anyOf": [{"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}, "required": ["b"]}, {"type": "integer"}]},
        "B": {"anyOf": [{"type": "object", "properties": {"a": {"anyOf": [{"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}, {"type": "null"}]}}},
            {"type": "object", "properties": {"c": {"$ref": "#/$defs/A"}}, "required": ["c"]}]},
    });
    let (open, close) = (r#"{"b":{"a":"#.repeat(40), "}}".repeat(40));
    let root = json!({"$ref": "#/$defs/A"});
    for (leaf, fits) in [("5", true), ("\"5\"", true), ("null", true), ("[]", false)] {
        let raw = RawValue::from_string(format!("{open}{leaf}{close}")).unwrap();
        let fitted = fit_raw(&raw, &root, defs.as_object().unwrap());
        assert_eq!(fitted.told.is_empty(), fits, "{leaf}: {}", fitted.told);
        assert!(fitted.steps <= 400 * fitted.values, "{}", fitted.steps);
    }
}

#[test]
fn problems_beyond_the_reported_ones_are_only_counted() {
    let schema = json!({"type": "array", "items": {"type": "object", "required": ["a", "b"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}});
    let text = format!("[{}]", vec!["{}"; 100_000].join(","));
    let fitted = fit_raw(&RawValue::from_string(text).unwrap(), &schema, &Map::new());
    assert!(
        fitted.told.contains("correct these 200000 problems"),
        "{}",
        fitted.told
    );
    assert!(fitted.told.contains("- and 199980 more"), "{}", fitted.told);
}
