//! Random schemas and values, from seeds: nothing panics, nothing costs more than its size, and a value accepted by a
//! validator is accepted unchanged.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::super::STEPS;
use super::fit_raw;

/// A generator of numbers that are the same for the same seed.
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).unwrap();
        high % bound
    }

    fn name(&mut self) -> &'static str {
        const NAMES: [&str; 6] = ["a", "b", "kind", "items", "x y", ""];
        NAMES[self.below(NAMES.len())]
    }

    fn schema(&mut self, depth: usize) -> Value {
        let count = if depth == 0 { 6 } else { 13 };
        match self.below(count) {
            0 => json!({"type": "integer", "format": "uint8", "minimum": 0, "maximum": 255}),
            1 => json!({"type": "number"}),
            2 => json!({"type": "string"}),
            3 => json!({"type": "boolean"}),
            4 => json!({"enum": ["one", "two", 3]}),
            5 => json!({}),
            6 => json!({"type": "array", "items": self.schema(depth - 1), "maxItems": 3}),
            7 => {
                json!({"type": "array", "prefixItems": [self.schema(depth - 1), self.schema(depth - 1)],
                "minItems": 2, "maxItems": 2})
            }
            8 => json!({"type": "object", "additionalProperties": self.schema(depth - 1)}),
            9 => json!({"$ref": "#/$defs/Inner"}),
            10 => self.tagged(depth - 1),
            11 => {
                json!({"anyOf": [self.schema(depth - 1), self.schema(depth - 1), {"type": "null"}]})
            }
            _ => self.object(depth - 1),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut properties = Map::new();
        for _ in 0..self.below(4) {
            properties.insert(self.name().to_owned(), self.schema(depth));
        }
        let required: Vec<&String> = properties.keys().filter(|_| self.below(2) == 0).collect();
        let mut schema = json!({"type": "object", "properties": properties, "required": required});
        if self.below(3) == 0 {
            schema["additionalProperties"] = false.into();
        }
        schema
    }

    fn tagged(&mut self, depth: usize) -> Value {
        let branches = ["one", "two"].map(|tag| {
            let mut branch = self.object(depth);
            branch["properties"]["kind"] = json!({"type": "string", "const": tag});
            branch["required"]
                .as_array_mut()
                .unwrap()
                .push("kind".into());
            branch
        });
        json!({"oneOf": branches})
    }

    fn value(&mut self, depth: usize) -> String {
        let count = if depth == 0 { 11 } else { 15 };
        match self.below(count) {
            0 => "null".to_owned(),
            1 => "true".to_owned(),
            2 => self.below(300).to_string(),
            3 => "-0".to_owned(),
            4 => "1.0e2".to_owned(),
            5 => "123456789012345678901234567890".to_owned(),
            6 => "\"\"".to_owned(),
            7 => "\"one\"".to_owned(),
            8 => "\"5\"".to_owned(),
            9 => "\"{\\\"a\\\": [1]}\"".to_owned(),
            10 => ["\"\\ud800\"", "1e999", "\"two\"", "3"][self.below(4)].to_owned(),
            11 | 12 => {
                let items: Vec<String> =
                    (0..self.below(4)).map(|_| self.value(depth - 1)).collect();
                format!("[{}]", items.join(" , "))
            }
            _ => {
                let members: Vec<String> = (0..self.below(4))
                    .map(|_| format!("\"{}\" : {}", self.name(), self.value(depth - 1)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }
}

#[test]
fn random_schemas_and_values_cost_time_in_proportion_to_their_size_and_lose_nothing() {
    let mut rng = Rng(20_260_728);
    for round in 0..3_000 {
        let inner = json!({"Inner": rng.schema(3)});
        let (schema, defs) = (rng.schema(4), inner.as_object().unwrap());
        let raw = RawValue::from_string(rng.value(4)).unwrap();
        let fitted = fit_raw(&raw, &schema, defs);
        let most = STEPS.0 + STEPS.1 * (fitted.values + raw.get().len());
        assert!(
            fitted.steps <= most,
            "round {round}: {} steps for {raw} of {schema}",
            fitted.steps
        );
        let written: &RawValue = serde_json::from_str(&fitted.written).unwrap();
        if !fitted.told.is_empty() {
            continue;
        }
        // A fitted value fits, and is not changed again.
        let again = fit_raw(written, &schema, defs);
        assert_eq!(
            (again.told.as_str(), again.written.as_str()),
            ("", written.get()),
            "{raw} of {schema}"
        );
    }
}

#[cfg(feature = "json-schema")]
#[test]
fn values_that_a_validator_accepts_are_unchanged() {
    let mut rng = Rng(1);
    for _ in 0..3_000 {
        let mut schema = rng.schema(4);
        let inner = json!({"Inner": rng.schema(2)});
        schema["$defs"] = inner.clone();
        let Ok(validator) = jsonschema::draft202012::new(&schema) else {
            continue;
        };
        let text = rng.value(4);
        let Ok(value) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        if serde_json::to_string(&value).unwrap().len() != text.replace([' '], "").len()
            || !validator.is_valid(&value)
        {
            continue;
        }
        let raw = RawValue::from_string(text).unwrap();
        let fitted = fit_raw(&raw, &schema, inner.as_object().unwrap());
        assert_eq!(fitted.told, "", "{raw} of {schema}");
    }
}
