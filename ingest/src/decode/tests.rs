use proptest::prelude::*;

use super::*;

const MOST: usize = 10;

fn malformed_of<T: std::fmt::Debug>(result: Result<T, DecodeError>) -> Malformed {
    match result.unwrap_err() {
        DecodeError::Malformed(malformed) => malformed,
        DecodeError::TooMany => panic!("too many"),
    }
}

#[test]
fn fields_are_borrowed_as_sent() {
    let body = r#" {"path": "/a" , "Request_Body":{ "n" : 12345678901234567890 , "s":"\u0000" },"x":[[1]]} "#;
    let event = single(body).unwrap();
    assert_eq!(event.get(Field::Path), Some("\"/a\""));
    assert_eq!(event.get(Field::RequestBody), Some(r#"{ "n" : 12345678901234567890 , "s":"\u0000" }"#));
    assert_eq!(event.get(Field::Method), None);
    assert_eq!(event.fault, None);
}

#[test]
fn a_field_given_twice_is_a_fault() {
    let event = single(r#"{"path":"/a","PATH":"/b"}"#).unwrap();
    assert_eq!(event.fault, Some(Fault::Duplicate(Field::Path)));
    // An escaped spelling is the same key.
    let event = single(r#"{"id":"a","\u0069d":"b"}"#).unwrap();
    assert_eq!(event.fault, Some(Fault::Duplicate(Field::ID)));
}

#[test]
fn syntax_errors_have_positions_and_show_nothing() {
    let body = "{\n  \"path\": secret\n}";
    let error = malformed_of(single(body));
    assert_eq!((error.line, error.byte), (2, 12), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    for body in ["", "{", "{\"path\":\"a", "{\"a\":1}x", "{\"path\":\"\u{1}\"}", "nul", "{\"path\":1e999}}"] {
        let error = malformed_of(single(body));
        assert!(error.byte <= body.len(), "{error}");
    }
}

#[test]
fn what_is_no_event_does_not_spoil_the_array() {
    let events = array(r#"[1, "a", null, [[]], true, -1.5, {"path":"/a"}]"#, MOST).unwrap();
    assert_eq!(events.len(), 7);
    assert!(events[..6].iter().all(|event| event.fault == Some(Fault::NotAnObject)));
    assert_eq!(events[6].get(Field::Path), Some("\"/a\""));
}

#[test]
fn arrays_are_counted() {
    assert_eq!(array("[1,2,3]", 3).unwrap().len(), 3);
    assert_eq!(array("[1,2,3]", 2).unwrap_err(), DecodeError::TooMany);
    assert_eq!(lines("1\n2\n3", 2).unwrap_err(), DecodeError::TooMany);
    assert_eq!(array("{}", 1).unwrap().len(), 1);
    assert_eq!(malformed_of(array("\"secret\"", 1)).what, NO_EVENTS_TEXT);
}

const NO_EVENTS_TEXT: &str = "expected an array of events or one event";

#[test]
fn a_bad_line_spoils_itself_only() {
    let text = "{\"path\":\"/a\"}\r\n\n{\"path\" \n{\"path\":\"/c\"}";
    let events = lines(text, MOST).unwrap();
    assert_eq!(events.len(), 3);
    let error = events[1].as_ref().unwrap_err();
    assert_eq!(error.line, 3);
    assert!((16..=24).contains(&error.byte), "{error}");
    assert_eq!(events[2].as_ref().unwrap().get(Field::Path), Some("\"/c\""));
}

#[test]
fn deep_nesting_needs_no_stack() {
    let depth = 100_000;
    let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(single(&deep).unwrap().fault, Some(Fault::NotAnObject));
    assert_eq!(array(&deep, MOST).unwrap().len(), 1);
    let inside = format!("{{\"x\":{deep},\"request_body\":{deep}}}");
    assert_eq!(single(&inside).unwrap().get(Field::RequestBody), Some(deep.as_str()));
    assert!(single(&"[".repeat(depth)).is_err());
    assert!(array(&"{\"a\":".repeat(depth), MOST).is_err());
}

#[test]
fn bytes_that_are_no_text() {
    let error = malformed_of(text(b"{\n\"path\":\"\xff\"}"));
    assert_eq!((error.line, error.column, error.byte), (2, 9, 10));
    assert_eq!(text(b"\xef\xbb\xbf{}").unwrap(), "{}");
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(body in ".*") {
        drop(single(&body));
        drop(array(&body, MOST));
        drop(lines(&body, MOST));
    }

    #[test]
    fn any_value_is_kept_byte_for_byte(text in ".*", number in any::<f64>(), spaces in "[ \t]{0,3}") {
        let value = format!("{{{spaces}\"k\":{}, \"n\":{number:e}}}", serde_json::to_string(&text).unwrap());
        let body = format!("{{\"response_body\":{spaces}{value}{spaces}}}");
        let event = single(&body);
        if number.is_finite() {
            prop_assert_eq!(event.unwrap().get(Field::ResponseBody), Some(value.as_str()));
        }
    }
}
