//! The path of a request: its query string (and fragment) is taken apart into parameters, everything
//! else is text.

use super::{MASK, Masker};

/// Masks `path`; `None` when there was nothing to mask.
pub(super) fn mask(masker: &Masker, path: &str) -> Option<String> {
    let (before, query) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let (mut out, mut changed) = (String::new(), false);
    let mut add = |text: &str, masked: Option<String>| {
        changed |= masked.is_some();
        out.push_str(masked.as_deref().unwrap_or(text));
    };
    add(before, component(masker, before));
    for part in query.split_inclusive(['?', '#', '&', ';']) {
        let (parameter, end) = part.split_at(part.trim_end_matches(['?', '#', '&', ';']).len());
        add(parameter, mask_parameter(masker, parameter));
        add(end, None);
    }
    changed.then_some(out)
}

fn mask_parameter(masker: &Masker, parameter: &str) -> Option<String> {
    let Some((name, value)) = parameter.split_once('=') else { return component(masker, parameter) };
    if !value.is_empty() && value != MASK && names_secret(masker, name) {
        return Some(format!("{name}={MASK}"));
    }
    match (component(masker, name), component(masker, value)) {
        (None, None) => None,
        (new_name, new_value) => {
            Some(format!("{}={}", new_name.as_deref().unwrap_or(name), new_value.as_deref().unwrap_or(value)))
        }
    }
}

/// Whether a parameter's name, or a part of `user[password]` or `user.password`, is a sensitive key.
fn names_secret(masker: &Masker, name: &str) -> bool {
    let name = decode(name).unwrap_or_else(|| name.to_owned());
    name.split(['[', ']', '.']).any(|part| masker.keys.contains(part.trim().as_bytes()))
}

/// Masks one component, which may be percent-encoded.
fn component(masker: &Masker, text: &str) -> Option<String> {
    match decode(text) {
        Some(decoded) => masker.loose(&decoded, 0).map(|masked| encode(&masked)),
        None => masker.loose(text, 0),
    }
}

/// The decoded text, or nothing where there is nothing to decode.
fn decode(text: &str) -> Option<String> {
    if !text.contains(['%', '+']) {
        return None;
    }
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'*' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
                out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::mask::{Masker, Rules};

    fn mask(path: &str) -> String {
        let masker = Masker::compile(&Rules::built_in()).unwrap();
        masker.path(path).unwrap_or_else(|| path.to_owned())
    }

    #[test]
    fn parameters_lose_their_value() {
        for (path, masked) in [
            ("/a?token=x&page=2", "/a?token=********&page=2"),
            ("/a?page=2;API-Key=x#access_token=y", "/a?page=2;API-Key=********#access_token=********"),
            ("/a?%70assword=x", "/a?%70assword=********"),
            ("/a?user[password]=x&user%5Bpwd%5D=y", "/a?user[password]=********&user%5Bpwd%5D=********"),
            ("/a?card=4111+1111%201111-1111", "/a?card=************1111"),
            ("/cards/4111111111111111/x", "/cards/************1111/x"),
            ("/a?filter=%7B%22password%22%3A%22x%22%7D", "/a?filter=%7B%22password%22%3A%22********%22%7D"),
            ("/a;token=x/b", "/a;token=********"),
        ] {
            assert_eq!(mask(path), masked);
            assert_eq!(mask(masked), masked, "masking twice");
        }
    }

    #[test]
    fn other_paths_stay() {
        for path in [
            "/api/users/42",
            "/a?tokens=5&x=%zz&&=&q=a+b",
            "/a?",
            "",
            "/\u{e9}?\u{5bc6}=\u{7801}",
            "/a?token=",
        ] {
            assert_eq!(mask(path), path);
        }
    }
}
