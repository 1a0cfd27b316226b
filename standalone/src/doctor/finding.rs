//! What was found, for a person and for a program. Pure.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it must be.
    Ok,
    /// It works, but not for ever or not well.
    Warn,
    /// It must be fixed.
    Fail,
    /// It could not be looked at from here, or does not apply.
    Skip,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What, such as `kafka.topics`.
    pub(super) check: &'static str,
    /// How it is.
    pub(super) state: State,
    /// What was seen.
    pub(super) says: String,
    /// What to do, where there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

/// It is as it must be.
pub(super) fn ok(check: &'static str, says: impl Into<String>) -> Finding {
    Finding { check, state: State::Ok, says: says.into(), fix: None }
}

/// It could not be looked at.
pub(super) fn skip(check: &'static str, says: impl Into<String>) -> Finding {
    Finding { check, state: State::Skip, says: says.into(), fix: None }
}

/// It should be looked after.
pub(super) fn warn(check: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding { check, state: State::Warn, says: says.into(), fix: Some(fix.into()) }
}

/// It must be fixed.
pub(super) fn fail(check: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding { check, state: State::Fail, says: says.into(), fix: Some(fix.into()) }
}

/// For a person.
pub(super) fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { check, state, says, fix } in findings {
        let state = match state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
            State::Skip => "-",
        };
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{state:<5}{check:<24}{says}");
        if let Some(fix) = fix {
            let _infallible = writeln!(text, "     {:<24}→ {fix}", "");
        }
    }
    let count = |state| findings.iter().filter(|found| found.state == state).count();
    let _infallible = writeln!(
        text,
        "{} checked: {} good, {} to look after, {} to fix",
        findings.len() - count(State::Skip),
        count(State::Ok),
        count(State::Warn),
        count(State::Fail)
    );
    text
}

/// For a program.
pub(super) fn json(findings: &[Finding]) -> String {
    let healthy = findings.iter().all(|found| found.state != State::Fail);
    format!("{}\n", json!({"healthy": healthy, "findings": findings}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_say_the_same() {
        let findings =
            [ok("a", "fine"), warn("b", "soon", "renew"), skip("c", "not here"), fail("d", "bad", "repair")];
        let text = text(&findings);
        assert!(text.contains("FAIL d") && text.contains("→ repair"), "{text}");
        assert!(text.ends_with("3 checked: 1 good, 1 to look after, 1 to fix\n"), "{text}");
        let read: serde_json::Value = serde_json::from_str(&json(&findings)).unwrap();
        assert_eq!(read["healthy"], false);
        assert_eq!(
            read["findings"][3],
            json!({"check": "d", "state": "fail", "says": "bad", "fix": "repair"})
        );
    }
}
