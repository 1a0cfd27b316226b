//! Events and lists as lines for a terminal. Pure. What an event holds was written by strangers: no control character
//! of theirs reaches the terminal.

use serde_json::Value;

/// The heading of a list of events.
pub(super) fn heading() -> String {
    format!(
        "{:<24}  {:<20} {:<7} {:>3} {:>7}  {:<24}  path\n",
        "time (UTC)", "service", "method", "st", "ms", "who"
    )
}

/// An event of the list as one line.
pub(super) fn event(event: &Value) -> String {
    let text = |field: &str| safe(event[field].as_str().unwrap_or_default());
    let number =
        |field: &str| event[field].as_u64().filter(|number| *number > 0).map(|number| number.to_string());
    let [status, time] =
        ["status_code", "response_time"].map(|field| number(field).unwrap_or_else(|| "-".to_owned()));
    format!(
        "{:<24}  {:<20} {:<7} {status:>3} {time:>7}  {:<24}  {}\n",
        text("timestamp"),
        text("service_name"),
        text("method"),
        text("identifier"),
        text("path")
    )
}

/// A text with every control character replaced: none can move the cursor, clear the screen or feign a line.
pub(super) fn safe(text: &str) -> String {
    let is_bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_bad(c) { '\u{fffd}' } else { c }).collect()
}

/// The text of a field, or `-`.
pub(super) fn field(object: &Value, name: &str) -> String {
    object[name].as_str().map_or_else(|| "-".to_owned(), safe)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_it_holds() {
        let line = event(&json!({
            "timestamp": "2026-01-31T08:00:00.000Z", "service_name": "pay", "method": "", "status_code": 0,
            "response_time": 12, "identifier": "a\u{1b}[2Jb", "path": "/x\n2026 forged \u{202e}line"
        }));
        assert_eq!(line.lines().count(), 1);
        assert!(!line.trim_end().contains(char::is_control), "{line:?}");
        assert!(line.contains("pay") && line.contains("12") && line.contains("/x\u{fffd}2026"), "{line}");
    }
}
