//! The servers of a cluster by their URLs. In: the URL of one of them. Out: its host, and the URLs of the others.

/// Host and port of a URL, for errors and logs: no user, no password.
pub(super) fn of(url: &str) -> &str {
    let (_, _, rest) = parts(url);
    rest.split('/').next().unwrap_or(rest)
}

/// A URL in three: its scheme; a user, where it names one; host, port and path.
fn parts(url: &str) -> (&str, &str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    let host = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    (&url[..start], &url[start..host], &url[host..])
}

/// The same address on another host: all servers of a cluster listen on the same port.
pub(super) fn at_host(url: &str, host: &str) -> String {
    let (scheme, user, rest) = parts(url);
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // The port, but not a part of an IPv6 address.
    let port =
        authority.rfind(':').filter(|at| !authority[*at..].contains(']')).map_or("", |at| &authority[at..]);
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    format!("{scheme}{user}{host}{port}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_differ_in_their_host_only() {
        for (url, host, expected) in [
            ("http://any:8123", "ch-1", "http://ch-1:8123"),
            ("https://any", "ch-1", "https://ch-1"),
            ("http://any:8123/path", "10.0.0.1", "http://10.0.0.1:8123/path"),
            ("http://[::1]:8123", "fd00::2", "http://[fd00::2]:8123"),
            ("https://[::1]", "ch-1", "https://ch-1"),
        ] {
            assert_eq!(at_host(url, host), expected);
        }
    }

    #[test]
    fn a_host_is_shown_without_its_user() {
        assert_eq!(of("https://user:secret@ch-1:8443/path"), "ch-1:8443");
        assert_eq!(of("http://[::1]:8123"), "[::1]:8123");
    }
}
