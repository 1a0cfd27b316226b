//! What rules may say, and what is said of those that say something else.

use super::*;
use crate::Masker;

fn project(rules: &str, version: u32) -> Project {
    Project { rules: RuleSet::parse(rules).unwrap(), salt: Salt::new(b"salt".to_vec()), version }
}

#[test]
fn every_problem_is_told_at_once() {
    let rules = r#"[
        {"key": ""}, {"key": "a.b"}, {"key": "x", "path": "/request_body/x"}, {"redaction": "hash"},
        {"pattern": "[a"}, {"pattern": "(a{1000}){1000}"}, {"pattern": 5}, {"key": "y", "redaction": "burn"},
        {"key": "z", "colour": "red"}, 7, {"key": "cust_ref"}, {"key": "CustRef"}, {"path": "/body/x"}
    ]"#;
    let problems = RuleSet::parse(rules).unwrap_err().0;
    let expected = [
        "rules[0].key must have 1 to 48 letters",
        "rules[1].key must have 1 to 48 letters",
        "rules[2] must have exactly one of key, path and pattern",
        "rules[3] must have exactly one of key, path and pattern",
        "rules[4].pattern is not a regular expression: unclosed character class",
        "rules[5].pattern is too large once compiled",
        "rules[6].pattern must be a text",
        "rules[7].redaction must be mask, remove or hash",
        "rules[8] has the unknown field colour",
        "rules[9] must be an object",
        "rules[11].key says what an earlier rule says",
        "rules[12].path must begin with one of the fields",
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(problem.starts_with(expected), "{problem}");
    }
}

#[test]
fn a_file_needs_a_version_and_may_not_hash() {
    for (file, problem) in [
        (r#"{"rules": []}"#, "version must be a whole number from 1 to 99"),
        (r#"{"version": 100, "rules": []}"#, "version must be a whole number from 1 to 99"),
        (r#"{"version": 1}"#, "rules must be a list"),
        (r#"{"version": 1, "rules": [{"key": "a", "redaction": "hash"}]}"#, "rules[0].redaction may be hash"),
        ("{", "is not valid JSON at line 1 column 1"),
    ] {
        let problems = RuleFile::parse(file).unwrap_err().0;
        assert!(problems.len() == 1 && problems[0].starts_with(problem), "{problems:?}");
    }
    assert_eq!(RuleFile::parse(r#"{"version": 3, "rules": [{"key": "a"}]}"#).unwrap().rules.len(), 1);
}

#[test]
fn sets_are_bounded() {
    let rules = |rule: &dyn Fn(usize) -> String, count: usize| {
        format!("[{}]", (0..count).map(rule).collect::<Vec<_>>().join(","))
    };
    let key = |n: usize| format!(r#"{{"key":"k{n}"}}"#);
    let path = |n: usize| format!(r#"{{"path":"/request_body/k{n}"}}"#);
    let pattern = |n: usize| format!(r#"{{"pattern":"k{n}"}}"#);
    assert!(RuleSet::parse(&rules(&key, 200)).is_ok() && RuleSet::parse(&rules(&key, 201)).is_err());
    assert!(RuleSet::parse(&rules(&path, 32)).is_ok() && RuleSet::parse(&rules(&path, 33)).is_err());
    assert!(RuleSet::parse(&rules(&pattern, 20)).is_ok() && RuleSet::parse(&rules(&pattern, 21)).is_err());
}

#[test]
fn versions_read_as_three_numbers() {
    let file = RuleFile::parse(r#"{"version": 2, "rules": []}"#).unwrap();
    assert_eq!(Masker::built_in().version(), 10_000_000);
    assert_eq!(Masker::new(Some(&file), None).version(), 10_200_000);
    assert_eq!(Masker::new(Some(&file), Some(&project("[]", 7))).version(), 10_200_007);
}

#[test]
fn keys_paths_and_patterns_redact() {
    let rules = r#"[{"key": "customer ref", "redaction": "hash"}, {"key": "note", "redaction": "remove"},
        {"path": "/request_body/items/*/serial"}, {"path": "/*/a/b", "redaction": "remove"},
        {"pattern": "INV-[0-9]{4}"}, {"pattern": "[0-9]{11}", "redaction": "hash"}]"#;
    let masker = Masker::new(None, Some(&project(rules, 1)));
    let masked = |text: &str| {
        let mut out = String::new();
        let active = masker.paths.field("request_body");
        assert!(masker.field_into(text, active, &mut crate::Work::default(), &mut out).unwrap());
        let mut again = String::new();
        let twice = masker.field_into(&out, active, &mut crate::Work::default(), &mut again).unwrap();
        assert!(!twice, "masking twice: {out} became {again}");
        out
    };
    assert_eq!(
        masked(r#"{"items":[{"serial":{"x":1},"n":1}]}"#),
        r#"{"items":[{"serial":"********","n":1}]}"#
    );
    assert_eq!(masked(r#"{"a":{"b":"x","c":1}}"#), r#"{"a":{"b":null,"c":1}}"#);
    assert_eq!(masked(r#"{"a":"{\"b\":5}"}"#), r#"{"a":"{\"b\":null}"}"#);
    assert_eq!(masked(r#"{"note":[1],"s":"see INV-1234."}"#), r#"{"note":null,"s":"see ********."}"#);
    let hashed = masked(r#"{"customerRef":"42","n":12345678901}"#);
    assert!(!hashed.contains("42\"") && !hashed.contains("12345678901"), "{hashed}");
    assert_eq!(hashed.matches("hash:").count(), 2);
    assert_eq!(masked(r#"{"customer-ref":"42"}"#).len(), r#"{"customer-ref":"hash:"}"#.len() + 32);
    assert_eq!(masker.path("/a?customer_ref=42&x=INV-1234").unwrap().matches("42").count(), 0);
    let text = masker.text("customer_ref=42 INV-1234").unwrap();
    assert!(text.starts_with("customer_ref=hash:") && text.ends_with(" ********"), "{text}");
}

#[test]
fn an_unchecked_document_is_never_used() {
    let document = serde_json::json!([{"key": "good"}, {"key": ""}]);
    assert!(RuleSet::from_value(&document).is_err());
}
