//! Names of environments: the original's aliases, and any other name as given.

use std::borrow::Cow;

/// The stored name of an environment: empty means `development`, the known aliases become their long
/// form, anything else is kept in lower case.
#[must_use]
pub fn canonical(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    for (long, aliases) in [
        ("production", &["production", "prod"][..]),
        ("staging", &["staging", "stage", "homolog", "homologation"]),
        ("development", &["development", "dev", ""]),
        ("testing", &["testing", "test"]),
        ("local", &["local"]),
    ] {
        if aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)) {
            return Cow::Borrowed(long);
        }
    }
    if name.chars().any(char::is_uppercase) { Cow::Owned(name.to_lowercase()) } else { Cow::Borrowed(name) }
}

/// The stored name as the original had it: a name that is none of its five is `development`.
#[must_use]
pub fn original(name: &str) -> &'static str {
    match canonical(name).as_ref() {
        "production" => "production",
        "staging" => "staging",
        "testing" => "testing",
        "local" => "local",
        _ => "development",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_own_names() {
        for (given, stored) in
            [("PROD", "production"), ("homolog", "staging"), ("", "development"), ("Preview-7", "preview-7")]
        {
            assert_eq!(canonical(given), stored);
        }
    }

    #[test]
    fn the_original_knows_five() {
        for (given, stored) in [
            ("PROD", "production"),
            ("homolog", "staging"),
            ("test", "testing"),
            ("Local", "local"),
            ("qa", "development"),
        ] {
            assert_eq!(original(given), stored);
        }
    }
}
