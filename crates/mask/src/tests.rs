//! The masker against the slow one, and against secrets planted everywhere.

use bataudit_event::Event;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn masked(text: &str) -> String {
    Masker::built_in().json(text).unwrap().unwrap_or_else(|| text.to_owned())
}

#[test]
fn structure() {
    for (text, expected) in [
        (r#"{"password":"x"}"#, r#"{"password":"********"}"#),
        (
            r#"{ "a" : [ {"Api-Key": {"deep": [1, "x"]} } ] , "n":1}"#,
            r#"{ "a" : [ {"Api-Key": "********" } ] , "n":1}"#,
        ),
        (
            r#"{"\u0070assword":null,"pwd":12,"secret":[true]}"#,
            r#"{"\u0070assword":"********","pwd":"********","secret":"********"}"#,
        ),
        (r#"{"token":{"token":"x"}}"#, r#"{"token":"********"}"#),
        (r#"{"card":4111111111111111}"#, r#"{"card":"************1111"}"#),
        (
            r#"{"card":4111111111111111.0,"m":-4111111111111111}"#,
            r#"{"card":"************1111","m":"************1111"}"#,
        ),
        (
            r#"[4.111111111111111e15,4.111111111111111E+15,4111111111111.111e3]"#,
            r#"["************1111","************1111","************1111"]"#,
        ),
        (r#"[4111111111111111,"4111 1111 1111 1111"]"#, r#"["************1111","************1111"]"#),
        (r#"{"4111111111111111":1}"#, r#"{"************1111":1}"#),
        (r#"{"body":"{\"password\":\"x\",\"n\":1}"}"#, r#"{"body":"{\"password\":\"********\",\"n\":1}"}"#),
        (r#"{"m":"login with password=hunter2 failed"}"#, r#"{"m":"login with password=******** failed"}"#),
        (r#""password=hunter2""#, r#""password=********""#),
    ] {
        assert_eq!(masked(text), expected);
        assert_eq!(masked(expected), expected, "masking twice");
    }
}

#[test]
fn other_json_stays_byte_for_byte() {
    for text in [
        r#"{ "n": 9007199254740993, "f": 1.50, "e":1e400,"s":"\u00e9\/ é", "d":1, "d":2 }"#,
        "[]",
        "{}",
        "null",
        " true ",
        "-0.0e-1",
        r#""""#,
        r#"{"ts_us":1700000000000000,"x":4.111111111111111e-15}"#,
        r#"{"tokens":5,"a":"\ud800"}"#,
    ] {
        assert_eq!(Masker::built_in().json(text).unwrap(), None, "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "{\"a\"}",
        "{\"a\":1,}",
        "[1,]",
        "[1 2]",
        "01",
        "1.",
        "-",
        "1e",
        "tru",
        "\"a",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"a\\n\nb\"",
        "{} {}",
        "{'a':1}",
        "{a:1}",
        "nan",
        "+1",
        "\u{feff}{}",
        "{\"password\":tru}",
    ] {
        assert!(Masker::built_in().json(text).is_err(), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(Masker::built_in().json(&deep), Err(JsonError::TooDeep));
}

#[test]
fn json_in_strings_is_followed_and_then_masked_whole() {
    let mut text = r#"{"password":"hunter2"}"#.to_owned();
    for level in 0..12 {
        text = serde_json::to_string(&text).unwrap();
        assert!(!masked(&text).contains("hunter2"), "level {level}");
    }
}

#[test]
fn every_field_is_masked() {
    let (secret, token) = (r#"{"password":"hunter2"}"#, "npm_hunter2hunter2hunter2hunter2hunter2");
    let event = Event {
        path: "/a?password=hunter2",
        user_agent: "x password=hunter2",
        error_message: "password: hunter2",
        user_roles: secret,
        query_params: secret,
        path_params: secret,
        request_body: secret,
        response_body: secret,
        identifier: token,
        user_email: token,
        user_name: token,
        user_type: token,
        tenant_id: token,
        request_id: token,
        session_id: token,
        environment: token,
        original_timestamp: token,
        ..Event::default()
    };
    let mut scratch = Scratch::default();
    let masked = Masker::built_in().event(&event, &mut scratch).unwrap();
    assert!(!format!("{masked:?}").contains("hunter2"), "{masked:?}");
    assert_eq!(scratch.masked_fields(), 17);
}

#[test]
fn who_acted_stays() {
    let event = Event {
        identifier: "4111111111111111",
        tenant_id: "password=x",
        user_name: "Token: Ada",
        user_email: "secret@example.com",
        request_id: "bat-7d1c3f0e-5b7a-4c57-9a60-2f7a3f4f1f11",
        session_id: "6011000990139424",
        ..Event::default()
    };
    let mut scratch = Scratch::default();
    let masked = Masker::built_in().event(&event, &mut scratch).unwrap();
    assert_eq!(masked, event);
    let event = Event { user_name: "Ada 4111111111111111", ..Event::default() };
    let mut scratch = Scratch::default();
    assert_eq!(Masker::built_in().event(&event, &mut scratch).unwrap().user_name, "Ada ************1111");
}

#[test]
fn an_unreadable_field_is_refused_and_its_redaction_shows_nothing() {
    let event = Event { request_body: "{\"password\":\"hunter2\"", path: "/a", ..Event::default() };
    let (masker, mut scratch) = (Masker::built_in(), Scratch::default());
    let error = masker.event(&event, &mut scratch).unwrap_err();
    assert_eq!(error.field, "request_body");
    assert!(!error.to_string().contains("hunter2"));
    assert_eq!(masker.redacted(&event, &mut scratch).request_body, "\"********\"");
    let next = Event { path: "/b", ..Event::default() };
    assert_eq!(masker.event(&next, &mut scratch).unwrap(), next, "nothing is left of the event before");
}

/// Keys in many spellings, sensitive or not.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,8}",
        ".{0,4}",
        "(user[._-])?(PassWord|api[-_ ]?key|Token|secret|cvv|note|tokens)(\\]|_2)?",
        Just("4111 1111 1111 1111".to_owned()),
    ]
}

/// Text biased to what detectors look for.
fn prose() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        2 => "[ -~]{0,10}",
        1 => ".{0,6}",
        1 => "[0-9 .-]{0,24}",
        1 => "(password|token|Authorization|x)[=:] ?[\"']?[a-zA-Z0-9 ]{0,8}[\"']?",
        1 => Just("4111-1111.1111 1111".to_owned()),
        1 => Just("5555555555554444".to_owned()),
        1 => "(Bearer|basic) [A-Za-z0-9=]{0,12}",
        1 => "(ghp_|AKIA|sk-|eyJ|SG\\.|npm_)[A-Z0-9a-z._-]{0,44}",
        1 => "https?://[a-z]{0,4}:[a-z%0-9]{0,4}@[a-z]{0,4}/[?]?[a-z%=&;0-9]{0,12}",
        1 => "%(7B|22|3D|25|70)[a-z%=]{0,6}",
        1 => "[\\[{\"]{1,2}[a-z:,\"]{0,8}",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<f32>().prop_map(|number| json!(number)),
        1 => Just(json!(4_111_111_111_111_111_u64)),
        4 => prose().prop_map(Value::String),
    ]
}

/// Documents, also inside strings of other documents.
fn document() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(5, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((key(), inner.clone()), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            inner.prop_map(|value| Value::String(value.to_string())),
        ]
    })
}

/// A document as JSON with some of its letters escaped.
fn written(document: &Value, pretty: bool, every: usize) -> String {
    let text = if pretty { serde_json::to_string_pretty(document) } else { serde_json::to_string(document) };
    let (mut out, mut in_string, mut escaped) = (String::new(), false, false);
    for (at, c) in text.unwrap().chars().enumerate() {
        let plain = in_string && !escaped && c != '"' && c != '\\' && (c as u32) < 0xd800;
        if plain && at % every == 0 {
            out.push_str(&format!("\\u{:04X}", c as u32));
        } else {
            out.push(c);
        }
        in_string ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    out
}

/// A document in which no masked part can occur.
fn harmless() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|n| json!(n)),
        "[ a-z\u{e9}\u{5bc6}\\\\\"\n]{0,12}".prop_map(Value::String)
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec(("x[a-f]{0,6}", inner), 0..6)
                .prop_map(|p| Value::Object(p.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_slow_masker(document in document(), pretty in any::<bool>(), every in 2_usize..40) {
        reference::check(written(&document, pretty, every).as_bytes());
    }

    #[test]
    fn prose_masks_once_and_stays_short(text in prose()) {
        reference::check(text.as_bytes());
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,80}", noise in "[\\[\\]{}\":,a-z0-9= \\\\eE.+%<>/-]{0,80}") {
        for text in [text, noise] {
            let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Masker::built_in().json(&text).is_ok(), valid);
            reference::check(text.as_bytes());
        }
    }

    #[test]
    fn harmless_documents_are_untouched(document in harmless()) {
        let text = serde_json::to_string_pretty(&document).unwrap();
        prop_assert_eq!(Masker::built_in().json(&text).unwrap(), None);
    }

    #[test]
    fn no_planted_secret_survives(
        document in harmless(),
        spelling in prop::sample::select(vec!["password", "Api_Key", "CLIENT-SECRET", "\\u0074oken", "db.password"]),
        levels in 0_usize..3,
    ) {
        let document = serde_json::to_string(&document).unwrap();
        let mut text = format!(r#"{{"a":{document},"b":[{{"{spelling}":"S3CR3T"}},{{"{spelling}":{{"S3CR3T":1}}}}]}}"#);
        for _ in 0..levels {
            text = format!(r#"{{"inner":{}}}"#, serde_json::to_string(&text).unwrap());
        }
        let once = masked(&text);
        prop_assert!(!once.contains("S3CR3T"));
        prop_assert_eq!(masked(&once), once, "masking twice");
    }
}

/// Each mask meets what then looks like the rest of its value: all of them are gone in the end, and the first time already
/// took what was secret.
#[test]
fn masks_in_a_row_settle_in_the_end() {
    let text = include_str!("../../../fuzz/seeds/mask/masks-in-a-row");
    reference::check(text.as_bytes());
    let first = Masker::built_in().text(text).unwrap();
    assert!(!first.contains("abc]") && first.contains(r#""api-key":"********""#), "{first}");
}
