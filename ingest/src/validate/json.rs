//! JSON fields, which are stored as they were sent: only how deep they are nested is looked at.

use bataudit_event::limits::JSON_DEPTH;

/// Whether JSON text that is known to be valid is nested deeper than is accepted.
pub(super) fn is_too_deep(json: &str) -> bool {
    let bytes = json.as_bytes();
    // Too short to be too deep: nearly every body stops here.
    if bytes.len() <= JSON_DEPTH {
        return false;
    }
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = end_of_string(bytes, at + 1),
            _ => {}
        }
        if depth > JSON_DEPTH {
            return true;
        }
        at += 1;
    }
    false
}

/// Where the quotation mark is that ends the string beginning at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(rest) = bytes.get(at..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(next) if rest.get(next) == Some(&b'\\') => at += next + 2,
            Some(next) => return at + next,
            None => break,
        }
    }
    bytes.len()
}

/// The kind of a JSON value, for people.
pub(super) fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "text",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "true or false",
        Some(b'n') | None => "null",
        Some(_) => "a number",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn the_limit_is_exact() {
        assert!(!is_too_deep(&nested(JSON_DEPTH)));
        assert!(is_too_deep(&nested(JSON_DEPTH + 1)));
        let side_by_side = format!("[{}]", vec![nested(JSON_DEPTH - 1); 3].join(","));
        assert!(!is_too_deep(&side_by_side));
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        let text = format!(r#"["{}\"{}\\",1]"#, "[".repeat(100), "{".repeat(100));
        assert!(!is_too_deep(&text));
    }

    fn depth_of(value: &serde_json::Value) -> usize {
        let inner = match value {
            serde_json::Value::Array(items) => items.iter().map(depth_of).max(),
            serde_json::Value::Object(map) => map.values().map(depth_of).max(),
            _ => return 0,
        };
        1 + inner.unwrap_or(0)
    }

    fn wrapped() -> impl Strategy<Value = serde_json::Value> {
        (0usize..90, ".*", any::<bool>()).prop_map(|(depth, text, array)| {
            (0..depth).fold(serde_json::Value::String(text.clone()), |value, _| {
                if array {
                    serde_json::json!([value, text])
                } else {
                    serde_json::json!({ text.as_str(): value })
                }
            })
        })
    }

    proptest! {
        #[test]
        fn agrees_with_a_document_tree(value in wrapped()) {
            prop_assert_eq!(is_too_deep(&value.to_string()), depth_of(&value) > JSON_DEPTH);
        }
    }
}
