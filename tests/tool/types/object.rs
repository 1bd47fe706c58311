//! Structs.

use std::collections::BTreeMap;

use mcp_runtime::model;
use mcp_runtime::serde::de::Error as _;
use mcp_runtime::serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A point.
#[model]
#[derive(Debug)]
pub(super) struct Point {
    x: i32,
    y: Option<i32>,
}

/// A line.
#[model]
#[derive(Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    first_point: Point,
    other_points: Vec<Point>,
    #[serde(default)]
    is_closed: bool,
}

/// A part of all.
#[model]
#[derive(Debug)]
pub(super) struct Paging {
    /// The page.
    page: u32,
    size: Option<u8>,
}

/// A search.
#[model]
#[derive(Debug)]
pub(super) struct Search {
    text: String,
    #[serde(flatten)]
    paging: Paging,
}

/// A search that may be paged.
#[model]
#[derive(Debug)]
pub(super) struct MaybePaged {
    text: String,
    #[serde(flatten)]
    paging: Option<Paging>,
}

/// A record.
#[model]
#[derive(Debug)]
pub(super) struct Record {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, bool>,
}

/// A record of anything.
#[model]
#[derive(Debug)]
pub(super) struct Open {
    id: u8,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

/// A record of nothing else.
#[model]
#[derive(Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Closed {
    first_name: String,
    #[serde(rename = "lastName")]
    last_name: Option<String>,
}

/// A record of anything, as one value.
#[model]
#[derive(Debug)]
pub(super) struct Loose {
    id: u8,
    #[serde(flatten)]
    rest: Value,
}

/// A record with another name of a member of any value.
#[model]
#[derive(Debug)]
pub(super) struct AliasedAny {
    #[serde(alias = "m")]
    meta: Option<Value>,
}

/// A record with rules that only its schema has.
#[model(input)]
#[derive(Debug)]
pub(super) struct Described {
    #[schemars(range(min = 1, max = 50))]
    #[expect(dead_code, reason = "shown only")]
    limit: u32,
    #[schemars(regex(pattern = "^[a-z]+$"), length(max = 3))]
    #[expect(dead_code, reason = "shown only")]
    name: Option<String>,
}

/// A record with another name of a member.
#[model]
#[derive(Debug)]
pub(super) struct Aliased {
    #[serde(alias = "q", alias = "text")]
    query: String,
    limit: Option<u8>,
}

/// A record of which a part is not sent.
#[model]
#[derive(Debug)]
pub(super) struct Skipped {
    id: u8,
    #[serde(skip)]
    #[expect(dead_code, reason = "shown only")]
    secret: String,
}

/// A record with defaults.
#[model]
#[derive(Debug)]
#[serde(default)]
pub(super) struct Defaults {
    width: u8,
    label: String,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            width: 5,
            label: "none".to_owned(),
        }
    }
}

/// A record that a decoder of its own reads.
#[model]
#[derive(Debug)]
pub(super) struct Tagged {
    #[serde(deserialize_with = "one_or_many")]
    tags: Vec<String>,
    n: u32,
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(one) => Ok(vec![one]),
        many => mcp_runtime::serde_json::from_value(many).map_err(D::Error::custom),
    }
}

/// A tree.
#[model]
#[derive(Debug)]
pub(super) struct Tree {
    value: u8,
    #[serde(default)]
    children: Vec<Tree>,
}

/// A list that is linked.
#[model]
#[derive(Debug)]
pub(super) struct Linked {
    value: u8,
    next: Option<Box<Linked>>,
}

/// A page of anything.
#[model]
#[derive(Debug)]
pub(super) struct Page<T> {
    items: Vec<T>,
}

/// A pair.
#[model]
#[derive(Debug)]
pub(super) struct Pair(u8, String);

/// Nothing.
#[model]
#[derive(Debug)]
pub(super) struct Unit;

/// An object of nothing.
#[model]
#[derive(Debug)]
pub(super) struct Empty {}

/// A record with rules.
#[model]
#[derive(Debug)]
pub(super) struct Ruled {
    #[validate(range(min = 1, max = 50))]
    limit: u32,
    #[validate(length(min = 1, max = 3))]
    name: String,
}

super::table! {
    point: Point {
        takes ["{\"x\":1,\"y\":2}", "{\"x\":1}"]
        refuses ["\"{\\\"x\\\":1,\\\"z\\\":2}\"", "{\"X\":1}", "[1,2]", "{\"x\":2147483648,\"y\":\"b\",\"z\":1}"]
        unsaid ["{\"x\":1,\"x\":2}"]
        repairs ["{\"x\":\"1\",\"y\":null}", "\"{\\\"x\\\":1}\""]
    }
    line: Line {
        takes ["{\"firstPoint\":{\"x\":1},\"otherPoints\":[]}"]
        refuses [
            "{\"first_point\":{\"x\":1},\"otherPoints\":[]}",
            "{\"firstPoint\":{\"x\":1},\"otherPoints\":[{\"x\":1},{\"y\":\"a\",\"yy\":1},[1,2]]}",
            "{\"firstPoint\":{\"x\":1},\"otherPoints\":[],\"isClosd\":true}"
        ]
    }
    points: Vec<Point> {
        takes ["[{\"x\":1}]"] refuses ["[[1,2]]", "[{\"x\":1,\"w\":2}]"] unsaid ["[{\"x\":1},{\"x\":1,\"x\":2}]"]
    }
    points_by_name: BTreeMap<String, Point> {
        takes ["{\"a\":{\"x\":1}}"] refuses ["{\"a\":[1,2]}", "{\"a\":{\"x\":\"b\"}}", "{\"a\":{\"x\":1,\"yy\":1}}"]
    }
    search: Search {
        takes ["{\"text\":\"a\",\"page\":1}"]
        refuses ["{\"text\":\"a\"}", "{\"text\":\"a\",\"page\":-1}", "{\"text\":\"a\",\"page\":1,\"sise\":2}"]
        repairs ["{\"text\":\"a\",\"page\":\"1\"}"]
    }
    maybe_paged: MaybePaged {
        takes ["{\"text\":\"a\"}", "{\"text\":\"a\",\"page\":1,\"size\":2}"]
        refuses ["{\"text\":\"a\",\"page\":\"x\"}", "{\"text\":\"a\",\"page\":3,\"size\":-4}", "{\"text\":\"a\",\"pagee\":3}"]
        repairs ["{\"text\":\"a\",\"page\":\"3\"}"]
    }
    record: Record {
        takes ["{\"id\":1,\"a\":true}"] refuses ["{\"id\":1,\"a\":5}", "{\"a\":true}"] unsaid ["{\"id\":1,\"a\":true,\"a\":false}"]
        repairs ["{\"id\":1,\"a\":\"true\"}"]
    }
    open: Open {
        takes ["{\"id\":1,\"a\":[true]}"] refuses ["{\"id\":-1,\"a\":5}", "{\"a\":true}"] unsaid ["{\"id\":1,\"a\":1,\"a\":2}"]
    }
    closed: Closed {
        takes ["{\"first_name\":\"a\"}"]
        refuses ["{\"first_name\":\"a\",\"last_name\":\"b\"}", "{\"firstName\":\"a\"}", "{\"first_name\":\"a\",\"zzz\":1}"]
    }
    aliased: Aliased {
        takes ["{\"query\":\"a\"}"] refuses ["{\"quer\":\"a\"}", "{\"q\":5}", "{\"query\":\"a\",\"limt\":5}"]
        repairs ["{\"q\":\"a\"}", "{\"text\":\"a\",\"limit\":\"5\"}"]
    }
    aliased_any: AliasedAny {
        takes ["{\"meta\":[[]]}"] refuses ["{\"mta\":1}", "{\"meta\":1,\"z\":2}", "[5]"]
        repairs ["{\"m\":[[]]}", "{\"m\":{\"a\":5}}"]
    }
    loose: Loose {
        takes ["{\"id\":1,\"a\":[true]}"] refuses ["{\"id\":-1,\"a\":5}", "{\"a\":true}", "[1]"]
    }
    described: Described {
        takes ["{\"limit\":1,\"name\":\"abc\"}"]
        refuses ["{\"limit\":0}", "{\"limit\":51,\"name\":\"A\"}", "{\"limit\":1,\"name\":\"abcd\"}"]
    }
    lists_of_aliased: Vec<Aliased> {
        takes ["[{\"query\":\"a\"}]"] refuses ["[{\"z\":\"a\"}]", "[{\"query\":\"a\"},{\"query\":\"a\",\"z\":1}]", "5"]
        repairs ["[{\"q\":\"a\"},{\"q\":\"a\"},{\"query\":\"a\",\"limit\":\"5\"}]", "\"[{\\\"q\\\":\\\"a\\\"}]\""]
    }
    skipped: Skipped { takes ["{\"id\":1}"] refuses ["{\"id\":1,\"secret\":\"a\"}", "{}", "{\"id\":256}"] }
    defaults: Defaults { takes ["{}", "{\"width\":1}"] refuses ["{\"widht\":1}", "{\"width\":256}", "{\"label\":5}"] }
    tagged: Tagged {
        takes ["{\"tags\":[\"a\"],\"n\":1}"] refuses ["{\"tags\":5,\"n\":1}", "{\"tags\":[\"a\"]}", "{\"tags\":[\"a\"],\"n\":\"x\"}"]
        repairs ["{\"tags\":\"one\",\"n\":1}", "{\"tags\":\"one\",\"n\":\"1\"}"]
    }
    tree: Tree {
        takes ["{\"value\":1,\"children\":[{\"value\":2}]}"]
        refuses [
            "{\"value\":1,\"children\":[{\"value\":256}]}",
            "{\"value\":1,\"children\":[{\"value\":2,\"child\":[]}]}",
            "{\"value\":1,\"children\":[{\"children\":[[1,[]]]}]}"
        ]
    }
    linked: Linked {
        takes ["{\"value\":1,\"next\":{\"value\":2}}"]
        refuses ["{\"value\":1,\"next\":{\"valu\":2}}", "{\"value\":1,\"next\":[2]}", "{\"next\":{\"value\":2}}"]
        repairs ["{\"value\":1,\"next\":null}"]
    }
    page_of_points: Page<Point> {
        takes ["{\"items\":[{\"x\":1}]}"] refuses ["{\"items\":[{\"x\":\"a\"}]}", "{\"item\":[]}", "[[]]"]
    }
    pair_struct: Pair { takes ["[1,\"a\"]"] refuses ["[1]", "[\"a\",1]", "{\"0\":1,\"1\":\"a\"}"] }
    unit: Unit { takes ["null"] refuses ["{}", "[]", "\"Unit\""] }
    empty: Empty { takes ["{}", "{\"a\":1}"] refuses ["[]", "null", "5"] repairs ["\"{}\""] }
    ruled: Ruled {
        takes ["{\"limit\":1,\"name\":\"a\"}"]
        refuses ["{\"limit\":0,\"name\":\"a\"}", "{\"limit\":51,\"name\":\"abcd\"}", "{\"limit\":-1,\"name\":\"\"}"]
    }
}
