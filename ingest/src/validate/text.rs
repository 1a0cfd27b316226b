//! Texts: from JSON to characters, without the control characters that no log or terminal should
//! meet. Line breaks and tabs stay; everything else is stored as sent.

use std::borrow::Cow;

/// Why a JSON string is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoText {
    /// An escape stands for no character.
    Escape,
    /// It holds U+0000. That is no character of a text but the mark of a mistake, or of somebody who
    /// hopes that what follows it is cut off somewhere.
    Nul,
}

/// The text of a JSON string.
pub(super) fn of_json_string(json: &str) -> Result<Cow<'_, str>, NoText> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Ok(match inner.contains(is_dropped) {
            true => Cow::Owned(inner.replace(is_dropped, "")),
            false => Cow::Borrowed(inner),
        });
    }
    let mut text: String = serde_json::from_str(json).map_err(|_| NoText::Escape)?;
    if text.contains('\0') {
        return Err(NoText::Nul);
    }
    if text.contains(is_dropped) {
        text.retain(|c| !is_dropped(c));
    }
    Ok(Cow::Owned(text))
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
        assert_eq!(of_json_string(r#""a\u0007b\n\t\r\u001b[31m""#).unwrap(), "ab\n\t\r[31m");
        assert_eq!(of_json_string(r#""a\u0000b""#), Err(NoText::Nul));
        assert_eq!(of_json_string("\"a\u{7f}b\"").unwrap(), "ab");
        assert_eq!(of_json_string(r#""\ud83d\ude00 O'Brien <b>""#).unwrap(), "😀 O'Brien <b>");
        assert_eq!(of_json_string(r#""\ud800""#), Err(NoText::Escape));
        assert!(matches!(of_json_string("\"plain\""), Ok(Cow::Borrowed("plain"))));
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
