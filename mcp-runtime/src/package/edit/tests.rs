use serde_json::json;

use super::*;

fn entry() -> Map<String, Value> {
    let entry = json!({ "command": "/opt/it", "args": [] });
    entry.as_object().cloned().unwrap()
}

fn put_json(text: &str) -> Result<String, String> {
    json::put(text, true, "servers", "it", &entry())
}

#[test]
fn a_file_of_json_keeps_comments_order_and_commas() {
    let before = "// mine\n{\n    \"theme\": \"dark\", // at night\n    \"servers\": {\n        \"other\": { \"command\": \"x\" } // keep\n    },\n    /* last */ \"z\": 1.50,\n}\n";
    let after = put_json(before).unwrap();
    let expected = "// mine\n{\n    \"theme\": \"dark\", // at night\n    \"servers\": {\n        \"other\": { \"command\": \"x\" }, // keep\n        \"it\": {\n            \"command\": \"/opt/it\",\n            \"args\": []\n        }\n    },\n    /* last */ \"z\": 1.50,\n}\n";
    assert_eq!(after, expected);
    assert_eq!(
        put_json(&after).unwrap(),
        after,
        "a second time changes nothing"
    );
}

#[test]
fn a_missing_table_is_added_and_an_empty_file_is_begun() {
    assert_eq!(
        put_json("{}").unwrap(),
        "{\n  \"servers\": {\n    \"it\": {\n      \"command\": \"/opt/it\",\n      \"args\": []\n    }\n  }\n}"
    );
    let begun: Value = serde_json::from_str(&put_json(" \n").unwrap()).unwrap();
    assert_eq!(begun["servers"]["it"]["command"], "/opt/it");
    let kept = put_json("{\r\n\t\"a\": 1,\r\n\t\"servers\": {},\r\n}\r\n").unwrap();
    assert!(
        kept.contains("\t\"servers\": {\r\n\t\t\"it\": {\r\n\t\t\t\"command\""),
        "{kept:?}"
    );
    assert!(kept.ends_with("},\r\n}\r\n"), "{kept:?}");
}

#[test]
fn an_existing_entry_keeps_its_other_members() {
    let before =
        "{ \"servers\": { \"it\": { \"env\": { \"A\": \"1\" }, \"command\": \"/old\" } } }";
    let after = put_json(before).unwrap();
    let value: Value = serde_json::from_str(&after).unwrap();
    let it = &value["servers"]["it"];
    assert_eq!(
        *it,
        json!({ "env": { "A": "1" }, "command": "/opt/it", "args": [] })
    );
}

#[test]
fn json_that_cannot_be_kept_is_refused_in_words() {
    for (text, says) in [
        ("[]", "not a JSON object"),
        ("{\"servers\": []}", "`servers` is not an object"),
        ("{\"servers\": {}, \"servers\": {}}", "twice"),
        (
            "{\"servers\": {\"it\": {\"url\": \"http://x\"}}}",
            "another way",
        ),
        (
            "{\"servers\": {\"it\": {\"command\": \"x\", \"args\": [1 /* why */]}}}",
            "has comments",
        ),
        ("{\n\"a\": tru }", "line 2: a value is not valid"),
        ("{\n\"a\": 1\n\"b\": 2}", "line 3: a `,` or `}` is missing"),
        ("{} {}", "more after the object"),
        ("{\"a\": \"x}", "does not end"),
        ("{ /* }", "comment does not end"),
    ] {
        let error = put_json(text).unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(1000), "]".repeat(1000));
    assert!(put_json(&deep).unwrap_err().contains("too deeply"));
    for text in ["{} // x", "{\"a\": 1,}"] {
        let error = json::put(text, false, "servers", "it", &entry()).unwrap_err();
        assert!(error.contains("line 1"), "{text}: {error}");
    }
}

fn put_toml(text: &str) -> Result<String, String> {
    toml::put(text, "servers", "it", &entry())
}

#[test]
fn a_file_of_toml_gets_a_table_at_its_end() {
    let before = "# mine\nmodel = \"o\" # best\n\n[servers.other]\ncommand = \"x\"\n";
    let after = put_toml(before).unwrap();
    assert_eq!(
        after,
        format!("{before}\n[servers.it]\ncommand = \"/opt/it\"\nargs = []\n")
    );
    assert_eq!(put_toml(&after).unwrap(), after);
    assert!(
        toml::put("", "servers", "my it", &entry())
            .unwrap()
            .starts_with("[servers.\"my it\"]")
    );
}

#[test]
fn an_existing_table_keeps_its_other_keys() {
    let before = "[servers.it]\ncommand = \"/old\" # here\ntimeout = 5\n\n[servers.it.env]\nA = \"1\"\n\n[z]\nb = 1.0\n";
    let after = put_toml(before).unwrap();
    assert_eq!(
        after,
        "[servers.it]\ncommand = \"/opt/it\" # here\ntimeout = 5\nargs = []\n\n[servers.it.env]\nA = \"1\"\n\n[z]\nb = 1.0\n"
    );
}

#[test]
fn toml_that_cannot_be_kept_is_refused_in_words() {
    for (text, says) in [
        ("servers = { other = { command = \"x\" } }\n", "by hand"),
        ("[servers.it]\nurl = \"http://x\"\n", "another way"),
        ("servers = 1\n", "`servers` is not a table"),
        ("[servers]\nit = 1\n", "`servers.it` is not a table"),
        ("[[servers]]\nname = \"x\"\n", "`servers` is not a table"),
        ("a = \n", ""),
    ] {
        let error = put_toml(text).unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
}

fn put_yaml(text: &str) -> Result<String, String> {
    yaml::put(text, "servers", "it", &entry())
}

#[test]
fn a_file_of_yaml_keeps_comments_and_order() {
    let entry = "  it:\n    command: \"/opt/it\"\n    args: []\n";
    for (before, after) in [
        ("", format!("servers:\n{entry}")),
        ("a: 1 # x\n", format!("a: 1 # x\nservers:\n{entry}")),
        (
            "servers: {} # none\nz: 1\n",
            format!("servers:  # none\n{entry}z: 1\n"),
        ),
        (
            "servers:\n  # first\n  other:\n    cmd: x\n\n# end\nz: 1\n",
            format!("servers:\n  # first\n  other:\n    cmd: x\n{entry}\n# end\nz: 1\n"),
        ),
    ] {
        let put = put_yaml(before).unwrap();
        assert_eq!(put, after, "{before}");
        assert_eq!(put_yaml(&put).unwrap(), put);
    }
    let wide = put_yaml("servers:\n    other:\n        cmd: x\n").unwrap();
    assert!(
        wide.contains("\n    it:\n        command: \"/opt/it\"\n"),
        "{wide}"
    );
}

#[test]
fn yaml_that_cannot_be_kept_is_refused_in_words() {
    for (text, says) in [
        ("servers: { other: { cmd: x } }\n", "as a block"),
        ("servers: &all\n  a: 1\n", "as a block"),
        ("servers:\n- a\n", "is a list"),
        ("servers:\n  it:\n    command: y\n", "there already"),
        ("servers:\n  a: 1\nservers:\n  b: 1\n", "twice"),
        ("a: 1\n---\nb: 1\n", "line 2"),
        ("servers:\n\ta: 1\n", "line 2"),
    ] {
        let error = put_yaml(text).unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
}
