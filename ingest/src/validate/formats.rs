//! How texts must be spelled.

use std::net::{IpAddr, Ipv6Addr};

/// A rule for the spelling of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// Stable name, the original's where it had one.
    pub(crate) tag: &'static str,
    /// What the client is told, the original's words where it had some.
    pub(crate) message: &'static str,
    /// Whether a text that is not empty fits.
    pub(super) fits: fn(&str) -> bool,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Format {}

/// A UUID in any spelling.
pub(super) const UUID: Format = Format { tag: "uuid", message: "Invalid UUID format", fits: |_| true };
/// An address of a mailbox.
pub(super) const EMAIL: Format = Format { tag: "email", message: "Invalid email format", fits: is_email };
/// An IP address.
pub(super) const IP: Format = Format { tag: "ip", message: "Invalid IP address", fits: is_ip };
/// Longest address with a zone.
pub(super) const IP_LENGTH: usize = 64;
/// Name of a service.
pub(super) const SERVICE_NAME: Format = Format {
    tag: "service_name",
    message: "Invalid service name. Use only letters, numbers, hyphen, dot, and underscore",
    fits: is_service_name,
};
/// A method or another verb.
pub(super) const METHOD: Format = Format {
    tag: "method",
    message: "Invalid method. Use a verb such as GET, PATCH or LOGIN: letters, digits and !#$%&'*+-.^_`|~",
    fits: is_token,
};
/// Kind of an event.
pub(super) const EVENT_TYPE: Format = Format {
    tag: "event_type",
    message: "Invalid event type. Start with a letter or digit; use letters, digits, '.', '_', ':' and '-'",
    fits: is_event_type,
};
/// Where an event comes from.
pub(super) const SOURCE: Format =
    Format { tag: "oneof", message: "The value must be backend or browser", fits: |_| true };
/// A moment.
pub(super) const TIMESTAMP: Format = Format {
    tag: "datetime",
    message: "Invalid timestamp. Use RFC 3339 with an offset, such as 2026-01-31T12:00:00.123Z, or a number: seconds since 1970 below 100000000000, milliseconds from there on",
    fits: |_| true,
};

/// RFC 9110's `token`.
fn is_token(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// The original's pattern for `service_name`, which is also a project's slug.
pub(super) fn is_service_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn is_event_type(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}

/// Whether only BatAudit itself may write events of this type.
pub(super) fn is_reserved_event_type(text: &str) -> bool {
    let (first, _) = text.split_at_checked("system".len()).unwrap_or_default();
    first.eq_ignore_ascii_case("system") && matches!(text.as_bytes().get(first.len()), None | Some(b'.'))
}

/// IPv4, IPv6 (also IPv4-mapped), the latter with a zone where the client's system names one.
fn is_ip(text: &str) -> bool {
    match text.split_once('%') {
        Some((address, zone)) => {
            address.parse::<Ipv6Addr>().is_ok()
                && !zone.is_empty()
                && zone.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        }
        None => text.parse::<IpAddr>().is_ok(),
    }
}

/// Whether it looks like an address somebody's mail could reach. Anything stricter refuses real ones
/// (apostrophes, plus signs, letters of any script).
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !r#"()<>[]:;,@\""#.contains(c);
    let local_fits = quoted
        || (local.split('.').all(|part| !part.is_empty()) && local.chars().all(|c| c == '.' || plain(c)));
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let domain_fits = match literal {
        Some(address) => is_ip(address.strip_prefix("IPv6:").unwrap_or(address)),
        None => domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && label.chars().all(|c| c == '-' || c.is_alphanumeric())
        }),
    };
    !local.is_empty() && local_fits && domain_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fits: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(fits(text), "{text} should fit");
        }
        for text in bad {
            assert!(!fits(text), "{text} should not fit");
        }
    }

    #[test]
    fn addresses() {
        let good =
            ["1.2.3.4", "::1", "2001:db8:85a3::8a2e:370:7334", "::ffff:127.0.0.1", "fe80::abcd:1%eth0"];
        check(
            is_ip,
            &good,
            &["1.2.3", "1.2.3.4, 5.6.7.8", "[::1]", "1.2.3.4%eth0", "fe80::1%", "localhost", "01.2.3.4"],
        );
    }

    #[test]
    fn mailboxes() {
        let good = [
            "o'brien@x.com",
            "a+b@sub.example.co",
            "李@例子.公司",
            "root@localhost",
            "\"a b\"@x.com",
            "a@[10.0.0.1]",
        ];
        check(
            is_email,
            &good,
            &["a", "@x.com", "a@", "a b@x.com", "a@x..com", "A <a@x.com>", "a@b@c.com", ".a@x.com"],
        );
    }

    #[test]
    fn verbs_names_and_kinds() {
        check(is_token, &["GET", "m-search", "X_1"], &["GET /", "G\tT", "ü"]);
        check(is_service_name, &["my-api", "A.b_c", "1"], &["-a", "a b", "a/b", "ü", ""]);
        check(is_event_type, &["http", "user.login", "a:b"], &[".a", "a b", "ü"]);
        check(
            is_reserved_event_type,
            &["system.alert", "SYSTEM.x", "system"],
            &["systems", "http", "sys", "system-x"],
        );
    }
}
