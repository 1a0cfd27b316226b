//! Texts: from JSON to characters, without the control characters that no log or terminal should
//! meet. Line breaks and tabs stay; everything else is stored as sent.

use std::borrow::Cow;

/// The text of a JSON string; `None` when an escape stands for no character.
pub(super) fn of_json_string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(match inner.contains(is_dropped) {
            true => Cow::Owned(inner.replace(is_dropped, "")),
            false => Cow::Borrowed(inner),
        });
    }
    let mut text: String = serde_json::from_str(json).ok()?;
    if text.contains(is_dropped) {
        text.retain(|c| !is_dropped(c));
    }
    Some(Cow::Owned(text))
}

fn is_dropped(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The number of characters where it is above `most`.
pub(super) fn over(text: &str, most: usize) -> Option<usize> {
    // No text has more characters than bytes.
    if text.len() <= most {
        return None;
    }
    let length = text.chars().count();
    (length > most).then_some(length)
}

/// The first `most` characters.
pub(super) fn cut(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(most) else { return text };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..end).unwrap_or(text)),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_go_and_the_rest_stays() {
        assert_eq!(of_json_string(r#""a\u0000b\n\t\r\u001b[31m""#).unwrap(), "ab\n\t\r[31m");
        assert_eq!(of_json_string("\"a\u{7f}b\"").unwrap(), "ab");
        assert_eq!(of_json_string(r#""\ud83d\ude00 O'Brien <b>""#).unwrap(), "😀 O'Brien <b>");
        assert_eq!(of_json_string(r#""\ud800""#), None);
        assert!(matches!(of_json_string("\"plain\""), Some(Cow::Borrowed("plain"))));
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(over("北京", 2), None);
        assert_eq!(over("北京市", 2), Some(3));
        assert_eq!(cut("北京市".into(), 2), "北京");
        assert_eq!(cut("ab".into(), 2), "ab");
    }

    proptest! {
        #[test]
        fn text_without_control_characters_is_as_sent(text in "\\PC*") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(of_json_string(&json).unwrap(), text);
        }

        #[test]
        fn a_cut_text_is_never_over(text in ".*", most in 0usize..20) {
            prop_assert_eq!(over(&cut(text.into(), most), most), None);
        }
    }
}
