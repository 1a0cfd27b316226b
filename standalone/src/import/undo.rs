//! What the original did to text before it stored it, undone: it replaced `& < > " '` by entities, in texts once, in
//! JSON at least once. In: text or JSON as it lies there. Out: as it was sent. Pure.
//!
//! In JSON it walked over each object while it changed it: an entry whose key got an entity was put back into the object
//! and so, by chance, met again, key and value alike. How often, the key tells: it is undone until it has no entity left,
//! and its value as many times. A key that had entities when it was sent cannot be told apart, and loses them.

use std::borrow::Cow;

/// The entities it wrote, and nothing else: what only looks like one was sent so.
const ENTITIES: [(&str, char); 5] =
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&#34;", '"'), ("&#39;", '\'')];

/// A text column.
pub(super) fn text(stored: &str) -> Cow<'_, str> {
    let Some(first) = stored.find('&') else { return Cow::Borrowed(stored) };
    let (head, mut rest) = stored.split_at(first);
    let mut undone = String::with_capacity(stored.len());
    undone.push_str(head);
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        undone.push_str(before);
        let found = ENTITIES.iter().find_map(|(entity, char)| Some((from.strip_prefix(entity)?, *char)));
        let (after, char) = found.unwrap_or_else(|| (from.get(1..).unwrap_or_default(), '&'));
        undone.push(char);
        rest = after;
    }
    undone.push_str(rest);
    Cow::Owned(undone)
}

fn times(stored: &str, rounds: usize) -> Cow<'_, str> {
    let mut undone = Cow::Borrowed(stored);
    for _ in 0..rounds {
        let once = text(&undone);
        if *once == *undone {
            break;
        }
        undone = Cow::Owned(once.into_owned());
    }
    undone
}

/// A key without entities, and how many rounds that took.
fn key(stored: &str) -> (Cow<'_, str>, usize) {
    let (mut undone, mut rounds) = (Cow::Borrowed(stored), 0);
    loop {
        let once = text(&undone);
        if *once == *undone {
            return (undone, rounds);
        }
        (undone, rounds) = (Cow::Owned(once.into_owned()), rounds + 1);
    }
}

/// An object or an array that is open.
struct Open {
    is_object: bool,
    /// How often texts directly in it were changed.
    rounds: usize,
    /// Whether a key comes next.
    key_next: bool,
}

/// Valid JSON; numbers and spaces stay as they are, to the byte.
pub(super) fn json(stored: &str) -> Cow<'_, str> {
    if !stored.contains('&') {
        return Cow::Borrowed(stored);
    }
    let mut undone = String::with_capacity(stored.len());
    // What is outside of everything was changed once.
    let mut open = vec![Open { is_object: false, rounds: 1, key_next: false }];
    let mut rest = stored;
    while let Some(at) = rest.find(['{', '[', '}', ']', ',', '"']) {
        let (before, from) = rest.split_at(at);
        undone.push_str(before);
        let (token, after) = from.split_at(if from.starts_with('"') { string_length(from) } else { 1 });
        rest = after;
        let Some(top) = open.last_mut() else { break };
        match token {
            "{" | "[" => {
                let is_object = token == "{";
                let rounds = top.rounds;
                open.push(Open { is_object, rounds, key_next: is_object });
            }
            "}" | "]" => drop(open.pop()),
            "," => top.key_next = top.is_object,
            _ => {
                let outer =
                    open.len().checked_sub(2).and_then(|below| open.get(below)).map_or(1, |o| o.rounds);
                if let Some(top) = open.last_mut() {
                    undone.push_str(&string(token, top, outer));
                }
                continue;
            }
        }
        undone.push_str(token);
    }
    undone.push_str(rest);
    Cow::Owned(undone)
}

/// A string with its quotation marks, where it stands; `outer` is how often what is around was changed.
fn string<'s>(quoted: &'s str, top: &mut Open, outer: usize) -> Cow<'s, str> {
    let Ok(stored) = serde_json::from_str::<String>(quoted) else { return Cow::Borrowed(quoted) };
    let undone = if top.key_next {
        let (undone, rounds) = key(&stored);
        top.key_next = false;
        top.rounds = if rounds == 0 { outer } else { rounds };
        undone
    } else {
        times(&stored, top.rounds)
    };
    if *undone == stored {
        return Cow::Borrowed(quoted);
    }
    // A text as JSON: that cannot fail.
    Cow::Owned(serde_json::to_string(&undone).unwrap_or_default())
}

/// Bytes of the string that `from` begins with, its quotation marks included.
fn string_length(from: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in from.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    from.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    #[test]
    fn exactly_what_was_written_is_undone_once() {
        assert_eq!(text("O&#39;Brien &lt;b&gt; &#34;q&#34; &amp;"), "O'Brien <b> \"q\" &");
        assert_eq!(text("&amp;lt;"), "&lt;", "somebody sent an entity");
        assert_eq!(text("a & b &nbsp; &#x27; &lt"), "a & b &nbsp; &#x27; &lt");
        assert!(matches!(text("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn keys_that_were_met_twice_take_their_values_along() {
        assert_eq!(json(r#"{"a&amp;amp;b": "x&amp;lt;y"}"#), r#"{"a&b": "x<y"}"#);
        assert_eq!(json(r#"{"a": "x&amp;lt;y", "b": ["&gt;"]}"#), r#"{"a": "x&lt;y", "b": [">"]}"#);
        let nested =
            r#"{"k&amp;amp;": {"in": ["&amp;lt;", {"&amp;amp;amp;": "&amp;amp;lt;"}]}, "z": "&lt;"}"#;
        assert_eq!(json(nested), r#"{"k&": {"in": ["<", {"&": "<"}]}, "z": "<"}"#);
    }

    #[test]
    fn numbers_and_spaces_stay() {
        let stored = r#"{"n": 12345678901234567890.50, "t": "&lt;", "e": 1e400, "q": "a\"&#34;\\"}"#;
        assert_eq!(json(stored), r#"{"n": 12345678901234567890.50, "t": "<", "e": 1e400, "q": "a\"\"\\"}"#);
        assert_eq!(json("\"&amp;\""), "\"&\"");
    }

    /// What the original did: an entry may be met again by chance, here `again` times.
    fn escape(value: &Value, again: &mut impl FnMut() -> usize) -> Value {
        match value {
            Value::String(text) => Value::String(entities(text)),
            Value::Array(items) => items.iter().map(|item| escape(item, again)).collect(),
            Value::Object(map) => {
                let mut changed = Map::new();
                for (key, value) in map {
                    let (mut key, mut value, is_changed) =
                        (entities(key), escape(value, again), entities(key) != *key);
                    for _ in 0..if is_changed { again() } else { 0 } {
                        (key, value) = (entities(&key), escape(&value, again));
                    }
                    changed.insert(key, value);
                }
                Value::Object(changed)
            }
            other => other.clone(),
        }
    }

    fn entities(text: &str) -> String {
        let mut escaped = String::new();
        for char in text.chars() {
            match ENTITIES.iter().find(|(_, of)| *of == char) {
                Some((entity, _)) => escaped.push_str(entity),
                None => escaped.push(char),
            }
        }
        escaped
    }

    fn sent() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
            Just(Value::Null)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            // A key that spells an entity is the one thing that cannot be told.
            let key = "[a-c<>'\"&]{0,3}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(key, inner, 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn texts_come_back(sent in ".*") {
            let stored = entities(&sent);
            prop_assert_eq!(text(&stored), sent);
        }

        #[test]
        fn json_comes_back(sent in sent(), luck in prop::collection::vec(0_usize..3, 1..20)) {
            let mut luck = luck.into_iter().cycle();
            let stored = escape(&sent, &mut || luck.next().unwrap_or_default());
            let undone: Value = serde_json::from_str(&json(&stored.to_string())).unwrap();
            prop_assert_eq!(undone, sent);
        }
    }
}
