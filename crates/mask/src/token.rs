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
pub(crate) const SHORTEST: usize = 16;

/// How web tokens begin: `{"` in base64.
const WEB: &[u8] = b"eyJ";

/// How tokens begin: one bit for the hash of the first three bytes of each prefix.
const BEGINS: [u64; 64] = {
    let mut begins = [0; 64];
    let mut kind = 0;
    while kind <= KINDS.len() {
        let prefix = if kind < KINDS.len() { KINDS[kind].0 } else { WEB };
        let (word, bit) = place(prefix[0], prefix[1], prefix[2]);
        begins[word] |= bit;
        kind += 1;
    }
    begins
};

const fn place(first: u8, second: u8, third: u8) -> (usize, u64) {
    let hash = u32::from_le_bytes([first, second, third, 0]).wrapping_mul(0x9e37_79b1) >> 20;
    (hash as usize / 64, 1 << (hash % 64))
}

/// Whether a text may begin with a token: nearly always no where it does not.
#[inline]
pub(crate) fn may_begin(bytes: &[u8]) -> bool {
    let [first, second, third, ..] = bytes else { return false };
    let (word, bit) = place(*first, *second, *third);
    BEGINS[word] & bit != 0
}

/// Finds the tokens in a text. Each begins a word.
pub(crate) fn find(bytes: &[u8], hits: &mut Hits) {
    let (mut at, mut in_word) = (0, false);
    while at < bytes.len() {
        let found = if in_word { None } else { token_at(bytes, at) };
        if let Some(end) = found {
            hits.whole(at..end);
        }
        at = found.unwrap_or(at + 1);
        in_word = bytes[at - 1].is_ascii_alphanumeric();
    }
    find_marked(bytes, hits);
}

/// Finds the kinds that are not in the table, looking everywhere: for the slow masker.
#[cfg(any(test, feature = "reference"))]
pub(crate) fn find_special(bytes: &[u8], hits: &mut Hits) {
    for at in memchr::memmem::find_iter(bytes, WEB) {
        let begins_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if let Some(end) = web_token_at(bytes, at).filter(|_| begins_word) {
            hits.whole(at..end);
        }
    }
    find_marked(bytes, hits);
}

/// Where the token that begins here ends.
fn token_at(bytes: &[u8], at: usize) -> Option<usize> {
    let text = &bytes[at..];
    if !may_begin(text) {
        return None;
    }
    if text.starts_with(WEB) {
        return web_token_at(bytes, at);
    }
    KINDS.iter().filter(|(prefix, ..)| text.starts_with(prefix)).find_map(|(prefix, of, least)| {
        let rest = &text[prefix.len()..];
        let length = rest.iter().take_while(|byte| of.has(**byte)).count();
        // A sentence may end behind it.
        let length = length - rest[..length].iter().rev().take_while(|byte| **byte == b'.').count();
        (length >= *least).then_some(at + prefix.len() + length)
    })
}

/// JSON Web Tokens, signed or encrypted: parts of base64url, the first of which is the start of a JSON
/// object. `eyJ….…` alone is one whose signature was cut off, where the second part is an object too.
/// Shorter than [`SHORTEST`] there is none: `{"alg":""}` alone is fourteen letters.
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
    let long_enough = header + 1 + inner >= SHORTEST;
    (long_enough && (signed || rest.starts_with(WEB))).then_some(next + inner)
}

/// Client secrets of Microsoft Entra, which have their mark in the middle: three characters, a digit,
/// `Q~`, and 31 or more.
fn find_marked(bytes: &[u8], hits: &mut Hits) {
    let of = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.~".contains(byte);
    for tilde in memchr::memchr_iter(b'~', bytes) {
        let Some(first) = tilde.checked_sub(5).filter(|_| bytes[tilde - 1] == b'Q') else { continue };
        let rest = bytes[tilde + 1..].iter().take_while(|byte| of(byte)).count();
        let before = &bytes[first..tilde - 1];
        if rest >= 31 && before[3].is_ascii_digit() && before[..3].iter().all(of) {
            hits.whole(first..tilde + 1 + rest);
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
            "eyJaAa0a.A.",
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
