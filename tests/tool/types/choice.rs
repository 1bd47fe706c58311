//! Enums of every tagging.

use mcp_runtime::model;

/// A volume.
#[model]
#[derive(Debug)]
#[serde(rename_all = "snake_case")]
pub(super) enum Volume {
    /// Hardly heard.
    Low,
    VeryHigh,
    #[serde(alias = "off")]
    Mute,
}

/// Named by its only member.
#[model]
#[derive(Debug)]
pub(super) enum External {
    A,
    B(u8),
    C { x: u8, y: Option<bool> },
    D(u8, String),
}

/// Told by a member.
#[model]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Internal {
    Nothing,
    Circle { r: f64 },
    Square { side: u8, tags: Vec<String> },
    Named(Named),
}

/// A name.
#[model]
#[derive(Debug)]
pub(super) struct Named {
    name: String,
}

/// Told by a member beside another.
#[model]
#[derive(Debug)]
#[serde(tag = "t", content = "c")]
pub(super) enum Adjacent {
    Unit,
    Text(String),
    Both(u8, u8),
    Point { x: u8 },
}

/// Told by nothing.
#[model]
#[derive(Debug)]
#[serde(untagged)]
pub(super) enum Untagged {
    Number(i64),
    Text(String),
    List(Vec<bool>),
    Point { x: u8, y: u8 },
    Named { name: String },
}

/// One or many.
#[model]
#[derive(Debug)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// An expression.
#[model]
#[derive(Debug)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Expression {
    Not { inner: Box<Expression> },
    All { parts: Vec<Expression> },
    Is { field: String, value: i64 },
}

/// A drawing.
#[model]
#[derive(Debug)]
pub(super) struct Drawing {
    title: String,
    #[serde(flatten)]
    shape: Internal,
}

/// A drawing of a named one.
#[model]
#[derive(Debug)]
pub(super) struct Carried {
    title: String,
    #[serde(flatten)]
    carried: External,
}

/// A drawing that may have a shape.
#[model]
#[derive(Debug)]
pub(super) struct MaybeDrawn {
    title: String,
    #[serde(flatten)]
    shape: Option<Internal>,
}

/// Closed variants.
#[model]
#[derive(Debug)]
#[serde(tag = "kind", deny_unknown_fields)]
pub(super) enum Strict {
    One { a: u8 },
    Two { b: u8 },
}

super::table! {
    volume: Volume { takes ["\"low\"", "\"very_high\""] refuses ["\"veryhigh\"", "\"Low\"", "5"] repairs ["\"off\""] }
    maybe_volume: Option<Volume> { takes ["\"mute\""] refuses ["\"mut\"", "5", "[]"] repairs ["null", "\"\""] }
    external: External {
        takes ["\"A\"", "{\"B\":1}", "{\"C\":{\"x\":1}}", "{\"D\":[1,\"a\"]}"]
        refuses ["{\"Bee\":1}", "{\"C\":{\"x\":256}}", "{\"C\":{\"x\":1,\"z\":2}}", "{\"B\":1,\"A\":2}", "\"B\"", "{\"D\":[1]}"]
        repairs ["{\"B\":\"1\"}"]
    }
    internal: Internal {
        takes ["{\"kind\":\"nothing\"}", "{\"kind\":\"circle\",\"r\":1}", "{\"kind\":\"named\",\"name\":\"a\"}"]
        refuses [
            "{\"kind\":\"circle\"}", "{\"kind\":\"circel\",\"r\":1}", "{\"side\":3,\"tags\":[]}",
            "{\"kind\":\"square\",\"side\":\"x\",\"tags\":\"y\"}", "{\"kind\":\"circle\",\"r\":1,\"radius\":2}",
            "{\"kind\":\"named\",\"nam\":\"a\"}", "[\"circle\",1]"
        ]
        repairs ["{\"kind\":\"square\",\"side\":\"3\",\"tags\":[]}"]
    }
    internals: Vec<Internal> {
        takes ["[{\"kind\":\"nothing\"}]"]
        refuses ["[{\"kind\":\"nothing\"},{\"kind\":\"circle\"},{\"kind\":\"circel\"}]", "[{}]", "[\"circle\"]"]
    }
    adjacent: Adjacent {
        takes ["{\"t\":\"Unit\"}", "{\"t\":\"Text\",\"c\":\"a\"}", "{\"t\":\"Both\",\"c\":[1,2]}"]
        refuses ["{\"t\":\"Text\",\"c\":5}", "{\"t\":\"Both\",\"c\":[1]}", "{\"t\":\"text\",\"c\":\"a\"}", "{\"t\":\"Point\",\"c\":{\"x\":1,\"z\":2}}", "{\"t\":\"Unit\",\"c\":5,\"d\":1}"]
    }
    untagged: Untagged {
        takes ["1", "\"a\"", "[true]", "{\"x\":1,\"y\":2}", "{\"name\":\"a\"}"]
        refuses ["[5]", "{\"x\":1}", "{\"x\":1,\"y\":256}", "null", "{\"nam\":\"a\"}", "{\"x\":1,\"y\":2,\"z\":3}"]
    }
    one_or_many: OneOrMany { takes ["\"a\"", "[\"a\"]"] refuses ["[5]", "5", "{}"] }
    expression: Expression {
        takes ["{\"op\":\"not\",\"inner\":{\"op\":\"is\",\"field\":\"a\",\"value\":1}}"]
        refuses [
            "{\"op\":\"not\",\"inner\":{\"op\":\"is\",\"field\":\"a\"}}",
            "{\"op\":\"all\",\"parts\":[{\"op\":\"nto\"}]}",
            "{\"op\":\"all\",\"parts\":[{\"op\":\"is\",\"field\":1,\"value\":\"x\",\"extra\":1}]}"
        ]
    }
    drawing: Drawing {
        takes ["{\"title\":\"a\",\"kind\":\"circle\",\"r\":1}", "{\"title\":\"a\",\"kind\":\"nothing\"}"]
        refuses ["{\"title\":\"a\",\"kind\":\"circle\"}", "{\"title\":\"a\",\"kind\":\"circel\"}", "{\"title\":\"a\",\"kind\":\"circle\",\"r\":1,\"z\":2}", "{\"kind\":\"circle\",\"r\":1}"]
    }
    maybe_drawn: MaybeDrawn {
        takes ["{\"title\":\"a\"}", "{\"title\":\"a\",\"kind\":\"circle\",\"r\":1}"]
        refuses ["{\"title\":\"a\",\"kind\":\"circle\"}", "{\"title\":\"a\",\"kind\":\"circel\"}", "{\"titel\":\"a\"}"]
    }
    carried: Carried {
        takes ["{\"title\":\"a\",\"B\":1}", "{\"title\":\"a\",\"C\":{\"x\":1}}"]
        refuses ["{\"title\":\"a\",\"B\":256}", "{\"title\":\"a\",\"Bee\":1}", "{\"title\":\"a\"}"]
    }
    strict: Strict {
        takes ["{\"kind\":\"One\",\"a\":1}"]
        refuses ["{\"kind\":\"One\",\"a\":1,\"b\":2}", "{\"kind\":\"one\",\"a\":1}", "{\"kind\":\"Two\",\"a\":1}"]
    }
}
