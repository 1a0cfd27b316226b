//! Credentials that are told by how they begin: a table of the prefixes that cloud providers, code
//! hosts and other services give their tokens, so that scanners can find them.

use crate::hits::Hits;

/// What a token is made of after its prefix.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    /// `A-Z 0-9`.
    Upper,
    /// `0-9 a-f`.
    Hex,
    /// `A-Z a-z 0-9`.
    Alnum,
    /// The same and `_ -`.
    Word,
    /// The same and `. = + / ~`.
    Dotted,
}

impl Of {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"_-.=+/~".contains(&byte),
        }
    }
}

/// One kind of token: its prefix, what follows, and how much of that at least.
pub(crate) type Kind = (&'static [u8], Of, usize);

/// Every kind. No token here is shorter than [`SHORTEST`].
pub(crate) const KINDS: &[Kind] = &[
    // BatAudit's own keys.
    (b"bat_", Of::Hex, 32),
    // AWS.
    (b"AKIA", Of::Upper, 16),
    (b"ASIA", Of::Upper, 16),
    (b"ABIA", Of::Upper, 16),
    (b"ACCA", Of::Upper, 16),
    (b"bedrock-api-key-", Of::Dotted, 20),
    // Google.
    (b"AIza", Of::Word, 35),
    (b"ya29.", Of::Word, 20),
    (b"GOCSPX-", Of::Word, 20),
    (b"1//0", Of::Word, 30),
    // GitHub and GitLab.
    (b"ghp_", Of::Alnum, 30),
    (b"gho_", Of::Alnum, 30),
    (b"ghu_", Of::Alnum, 30),
    (b"ghs_", Of::Alnum, 30),
    (b"ghr_", Of::Alnum, 30),
    (b"github_pat_", Of::Word, 22),
    (b"glpat-", Of::Dotted, 20),
    (b"gloas-", Of::Word, 20),
    (b"gldt-", Of::Word, 20),
    (b"glrt-", Of::Dotted, 20),
    (b"glcbt-", Of::Word, 20),
    (b"glptt-", Of::Word, 20),
    (b"glft-", Of::Word, 20),
    (b"glsoat-", Of::Word, 20),
    (b"glagent-", Of::Word, 20),
    // Chat.
    (b"xoxa-", Of::Word, 12),
    (b"xoxb-", Of::Word, 12),
    (b"xoxe-", Of::Word, 12),
    (b"xoxe.", Of::Dotted, 12),
    (b"xoxp-", Of::Word, 12),
    (b"xoxr-", Of::Word, 12),
    (b"xoxs-", Of::Word, 12),
    (b"xapp-", Of::Word, 12),
    (b"hooks.slack.com/services/", Of::Dotted, 20),
    // Payment.
    (b"sk_live_", Of::Alnum, 16),
    (b"sk_test_", Of::Alnum, 16),
    (b"rk_live_", Of::Alnum, 16),
    (b"rk_test_", Of::Alnum, 16),
    (b"whsec_", Of::Dotted, 20),
    (b"sq0atp-", Of::Word, 20),
    (b"sq0csp-", Of::Word, 20),
    (b"shpat_", Of::Alnum, 32),
    (b"shpss_", Of::Alnum, 32),
    // Packages.
    (b"npm_", Of::Alnum, 30),
    (b"pypi-AgE", Of::Word, 40),
    (b"dckr_pat_", Of::Word, 20),
    (b"rubygems_", Of::Hex, 40),
    // Models.
    (b"sk-ant-", Of::Word, 20),
    (b"sk-proj-", Of::Word, 20),
    (b"sk-svcacct-", Of::Word, 20),
    (b"sk-", Of::Alnum, 32),
    (b"hf_", Of::Alnum, 30),
    // Operations.
    (b"SG.", Of::Dotted, 40),
    (b"hvs.", Of::Word, 20),
    (b"hvb.", Of::Word, 20),
    (b"dop_v1_", Of::Hex, 40),
    (b"doo_v1_", Of::Hex, 40),
    (b"dapi", Of::Hex, 32),
    (b"glsa_", Of::Word, 30),
    (b"glc_", Of::Dotted, 30),
    (b"NRAK-", Of::Upper, 20),
    (b"PMAK-", Of::Word, 30),
    (b"lin_api_", Of::Alnum, 30),
    (b"ATATT3", Of::Dotted, 30),
    (b"pul-", Of::Hex, 40),
    (b"AGE-SECRET-KEY-1", Of::Upper, 40),
];

/// The least bytes of any token, prefix included.
const SHORTEST: usize = 16;

/// The least bytes of a client secret of Microsoft Entra.
const LONG_MARKED: usize = 37;

/// Whether a kind begins with this byte.
const BEGINS: [bool; 256] = {
    let mut begins = [false; 256];
    let mut kind = 0;
    while kind < KINDS.len() {
        begins[KINDS[kind].0[0] as usize] = true;
        kind += 1;
    }
    begins
};

/// Finds the tokens in a text. Each has at least [`SHORTEST`] bytes without a gap, and so covers one
/// of the bytes at that distance: the others need not be looked at.
pub(crate) fn find(bytes: &[u8], hits: &mut Hits) {
    let mut at = SHORTEST - 1;
    while at < bytes.len() {
        if !in_run(bytes[at]) {
            at += SHORTEST;
            continue;
        }
        let start = at - bytes[..at].iter().rev().take_while(|byte| in_run(**byte)).count();
        let end = at + bytes[at..].iter().take_while(|byte| in_run(**byte)).count();
        if end - start >= SHORTEST {
            find_in_run(bytes, start, end, hits);
        }
        at = end + SHORTEST;
    }
}

/// Finds the kinds that are not in the table, looking everywhere: for the slow masker.
#[cfg(any(test, feature = "reference"))]
pub(crate) fn find_special(bytes: &[u8], hits: &mut Hits) {
    for at in memchr::memmem::find_iter(bytes, b"eyJ") {
        let begins_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if let Some(end) = web_token_at(bytes, at).filter(|_| begins_word) {
            hits.whole(at..end);
        }
    }
    find_marked(bytes, 0, bytes.len(), hits);
}

/// What a token without a gap is made of, and what parts its prefix from the rest.
fn in_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'~')
}

fn find_in_run(bytes: &[u8], start: usize, end: usize, hits: &mut Hits) {
    let mut at = start;
    while at < end {
        let begins_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let found = if begins_word { token_at(bytes, at) } else { None };
        match found {
            Some(found) => {
                hits.whole(at..found);
                at = found;
            }
            None => at += 1,
        }
    }
    if end - start >= LONG_MARKED {
        find_marked(bytes, start, end, hits);
    }
}

/// Where the token that begins here ends.
fn token_at(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at] == b'e' && bytes[at..].starts_with(b"eyJ") {
        return web_token_at(bytes, at);
    }
    if !BEGINS[usize::from(bytes[at])] {
        return None;
    }
    KINDS.iter().filter(|(prefix, ..)| bytes[at..].starts_with(prefix)).find_map(|(prefix, of, least)| {
        let rest = &bytes[at + prefix.len()..];
        let length = rest.iter().take_while(|byte| of.has(**byte)).count();
        // A sentence may end behind it.
        let length = length - rest[..length].iter().rev().take_while(|byte| **byte == b'.').count();
        (length >= *least).then_some(at + prefix.len() + length)
    })
}

/// JSON Web Tokens, signed or encrypted: parts of base64url, the first of which is the start of a JSON
/// object. `eyJ….…` alone is one whose signature was cut off, where the second part is an object too.
fn web_token_at(bytes: &[u8], at: usize) -> Option<usize> {
    let part = |from: usize| bytes[from..].iter().take_while(|byte| Of::Word.has(**byte)).count();
    let header = part(at);
    let next = at + header + 1;
    if header < 8 || bytes.get(next - 1) != Some(&b'.') {
        return None;
    }
    let rest = bytes[next..].iter().take_while(|byte| Of::Word.has(**byte) || **byte == b'.').count();
    let rest = &bytes[next..next + rest];
    let inner = rest.len() - rest.iter().rev().take_while(|byte| **byte == b'.').count();
    let signed = rest[1.min(rest.len())..].contains(&b'.') && inner > 0;
    (signed || rest.starts_with(b"eyJ")).then_some(next + inner)
}

/// Client secrets of Microsoft Entra, which have their mark in the middle: three characters, a digit,
/// `Q~`, and 31 or more.
fn find_marked(bytes: &[u8], start: usize, end: usize, hits: &mut Hits) {
    let of = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.~".contains(&byte);
    for mark in memchr::memmem::find_iter(&bytes[start..end], b"Q~") {
        let mark = start + mark;
        let Some(first) = mark.checked_sub(4).filter(|first| *first >= start) else { continue };
        let rest = bytes[mark + 2..end].iter().take_while(|byte| of(**byte)).count();
        let before = &bytes[first..mark];
        if rest >= 31 && before[3].is_ascii_digit() && before[..3].iter().all(|byte| of(*byte)) {
            hits.whole(first..mark + 2 + rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masked_text as mask;

    /// The shortest token of a kind.
    fn example((prefix, of, least): &Kind) -> String {
        let letter = match of {
            Of::Upper => 'Q',
            Of::Hex => 'b',
            Of::Alnum | Of::Word | Of::Dotted => 'q',
        };
        format!("{}{}", String::from_utf8_lossy(prefix), letter.to_string().repeat(*least))
    }

    #[test]
    fn every_kind_is_found_wherever_it_stands() {
        for kind in KINDS {
            let token = example(kind);
            assert!(token.len() >= SHORTEST, "{token}");
            for before in ["", "x ", "see \"", "the key, given to you yesterday, was ", "key_is_", "a="] {
                for after in ["", " x", "\" and so on"] {
                    let text = format!("{before}{token}{after}");
                    assert_eq!(mask(&text), format!("{before}********{after}"), "{text}");
                }
            }
        }
    }

    #[test]
    fn web_tokens_and_marks_in_the_middle() {
        for token in [
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
            "eyJhbGciOiJkaXIifQ..aXZpdml2.Y2lwaGVy.dGFn",
            "abc8Q~abcdefghijklmnopqrstuvwxyz01234",
        ] {
            let masked = mask(&format!("got {token} here"));
            assert!(
                masked.starts_with("got ********") && masked.len() <= "got ********. here".len(),
                "{masked}"
            );
        }
    }

    #[test]
    fn other_words_stay() {
        for text in [
            "eyJust.a.word and more of it",
            "npm_config_registry=https://registry.example.com/",
            "sk-learn-is-not-a-key-however-long-it-gets",
            "AKIAN is a name, AKIA another",
            "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "bat-7d1c3f0e-5b7a-4c57-9a60-2f7a3f4f1f11",
            "src/components/really_long_file_name.test.tsx",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
