//! The masker against a slow one that builds a tree, and against secrets planted everywhere.

use bataudit_event::Event;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn masker() -> Masker {
    Masker::compile(&Rules::built_in()).unwrap()
}

fn masked(text: &str) -> String {
    masker().json(text).unwrap().unwrap_or_else(|| text.to_owned())
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
        r#"{"ts_us":1700000000000000}"#,
        r#"{"tokens":5,"a":"\ud800"}"#,
    ] {
        assert_eq!(masker().json(text).unwrap(), None, "{text}");
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
        "{} {}",
        "{'a':1}",
        "{a:1}",
        "nan",
        "+1",
        "\u{feff}{}",
        "{\"password\":tru}",
    ] {
        assert!(masker().json(text).is_err(), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(masker().json(&deep), Err(JsonError::TooDeep));
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
fn every_free_form_field_is_masked() {
    let secret = r#"{"password":"hunter2"}"#;
    let event = Event {
        path: "/a?password=hunter2",
        user_roles: secret,
        user_agent: "x password=hunter2",
        query_params: secret,
        path_params: secret,
        request_body: secret,
        response_body: secret,
        error_message: "password: hunter2",
        identifier: "user-1",
        ..Event::default()
    };
    let mut scratch = Scratch::default();
    let masked = masker().event(&event, &mut scratch).unwrap();
    assert!(!format!("{masked:?}").contains("hunter2"), "{masked:?}");
    assert_eq!(masked.identifier, "user-1");
    assert_eq!(scratch.masked_fields(), 8);
}

#[test]
fn an_unreadable_field_is_refused_and_its_redaction_shows_nothing() {
    let event = Event { request_body: "{\"password\":\"hunter2\"", path: "/a", ..Event::default() };
    let mut scratch = Scratch::default();
    let error = masker().event(&event, &mut scratch).unwrap_err();
    assert_eq!(error.field, "request_body");
    assert!(!error.to_string().contains("hunter2"));
    let mut scratch = Scratch::default();
    assert_eq!(masker().redacted(&event, &mut scratch).request_body, "\"********\"");
}

/// The same rules over a tree.
fn slow(masker: &Masker, value: Value) -> Value {
    let text = |text: &str| masker.text(text).unwrap_or_else(|| text.to_owned());
    match value {
        Value::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| {
                let value =
                    if masker.keys.contains(key.as_bytes()) { json!(MASK) } else { slow(masker, value) };
                (text::mask(&key, &masker.keys).unwrap_or(key), value)
            });
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(|item| slow(masker, item)).collect(),
        Value::String(string) => match serde_json::from_str::<Value>(&string) {
            Ok(inner) if looks_like_json(&string) => {
                let before = inner.to_string();
                let after = slow(masker, inner).to_string();
                if before == after { json!(string) } else { json!(after) }
            }
            _ => json!(text(&string)),
        },
        Value::Number(number) => match card::masked(number.to_string().trim_start_matches('-').as_bytes()) {
            Some(masked) => json!(masked),
            None => Value::Number(number),
        },
        other => other,
    }
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,8}", Just("password".to_owned()), Just("API-KEY".to_owned()), ".{0,4}"]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        Just(json!(4_111_111_111_111_111_u64)),
        ".{0,12}".prop_map(Value::String),
        Just(json!("card 5555-5555-5555-4444 and token=abc")),
        Just(json!("{\"pwd\":1,\"x\":[2]}")),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
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
            prop::collection::vec(("x[a-z]{0,6}", inner), 0..6)
                .prop_map(|p| Value::Object(p.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_the_slow_masker(document in document(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        let fast: Value = serde_json::from_str(&masked(&text.unwrap())).unwrap();
        prop_assert_eq!(normal(fast), normal(slow(&masker(), document)));
    }

    #[test]
    fn harmless_documents_are_untouched(document in harmless()) {
        let text = serde_json::to_string_pretty(&document).unwrap();
        prop_assert_eq!(masker().json(&text).unwrap(), None);
    }

    #[test]
    fn no_planted_secret_survives(
        document in harmless(),
        spelling in prop::sample::select(vec!["password", "Api_Key", "CLIENT-SECRET", "\\u0074oken"]),
        levels in 0_usize..3,
    ) {
        let document = serde_json::to_string(&document).unwrap();
        let mut text = format!(r#"{{"a":{document},"b":[{{"{spelling}":"S3CR3T"}},{{"{spelling}":{{"S3CR3T":1}}}}]}}"#);
        for _ in 0..levels {
            text = format!(r#"{{"inner":{}}}"#, serde_json::to_string(&text).unwrap());
        }
        prop_assert!(!masked(&text).contains("S3CR3T"));
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,80}", noise in "[\\[\\]{}\":,a-z0-9= \\\\eE.+-]{0,80}") {
        for text in [text, noise] {
            let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(masker().json(&text).is_ok(), valid);
            drop(masker().text(&text));
            drop(masker().path(&text));
        }
    }
}

/// Strings that hold JSON, compared by what they hold rather than by their spaces.
fn normal(value: Value) -> Value {
    match value {
        Value::String(string) if looks_like_json(&string) => {
            serde_json::from_str::<Value>(&string).map_or(json!(string), normal)
        }
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, normal(value))).collect(),
        other => other,
    }
}
