use super::*;

mod fuzz;

fn code(text: &str) -> i32 {
    Message::parse(&Bytes::copy_from_slice(text.as_bytes()))
        .unwrap_err()
        .error
        .code
}

#[test]
fn invalid_json_is_a_parse_error() {
    for text in ["", "{", "{]", "\u{feff}", "{\"a\":nul}", "{} {}"] {
        assert_eq!(code(text), -32700, "{text:?}");
    }
    assert_eq!(
        Message::parse(&Bytes::from_static(b"{\"a\":\"\xff\"}"))
            .unwrap_err()
            .error
            .code,
        -32700
    );
}

#[test]
fn invalid_json_rpc_is_an_invalid_request() {
    for text in [
        "1",
        "\"a\"",
        "[]",
        "{}",
        r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":5}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#,
    ] {
        assert_eq!(code(text), -32600, "{text}");
    }
}

#[test]
fn an_id_is_echoed_as_written() {
    for id in ["1", "1.0", "-3", "\"a\\u0062\""] {
        let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        let Ok(Message::Request(request)) = Message::parse(&Bytes::from(text)) else {
            panic!("not a request")
        };
        assert_eq!(request.id.as_bytes(), id.as_bytes());
    }
}
