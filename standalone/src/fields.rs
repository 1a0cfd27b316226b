//! `bataudit env`: every environment variable, with what it does and its default.
//!
//! In: the field lists of all crates. Out: text in the shape of an environment file, everything commented out. The
//! lists are those the code reads from, so a variable that is missing here does not exist.

use std::fmt::Write as _;

use bataudit_service::Field;

use crate::{client, migrate, up};

/// The variables, by who reads them.
const GROUPS: &[(&str, &[&[&Field]])] = &[
    ("Every process", &[bataudit_service::telemetry::FIELDS, bataudit_trace::FIELDS]),
    (
        "Kafka",
        &[bataudit_kafka::connection::FIELDS, bataudit_kafka::topics::FIELDS, bataudit_kafka::stream::FIELDS],
    ),
    ("ClickHouse", &[bataudit_store::connection::FIELDS]),
    ("Control store", &[bataudit_control::store::FIELDS, bataudit_control::first_start::FIELDS]),
    ("E-mail", &[bataudit_mail::FIELDS]),
    ("ingest", &[bataudit_ingest::config::FIELDS]),
    ("processor", &[bataudit_processor::config::FIELDS]),
    ("query-api", &[bataudit_query_api::config::FIELDS, bataudit_query_api::config::oidc::FIELDS]),
    ("sentinel", &[bataudit_sentinel::FIELDS]),
    ("bataudit migrate", &[migrate::FIELDS]),
    ("bataudit up", &[up::FIELDS]),
    ("Command line", &[client::FIELDS]),
];

/// All variables as text.
pub(crate) fn list() -> String {
    let mut text = String::new();
    for (group, lists) in GROUPS {
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "### {group}\n");
        for field in lists.iter().copied().flatten() {
            let need = if field.required { " Required." } else { "" };
            let _infallible = writeln!(
                text,
                "# {}{need}\n#{}={}\n",
                field.doc,
                field.name,
                field.default.unwrap_or_default()
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn no_variable_is_declared_twice() {
        let names: Vec<_> = GROUPS.iter().flat_map(|(_, lists)| lists.iter().copied().flatten()).collect();
        let distinct: BTreeSet<_> = names.iter().map(|field| field.name).collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn the_example_environment_is_what_is_printed() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../.env.example");
        let example = fs::read_to_string(path).unwrap();
        let start = example.find("###").unwrap();
        let (file, printed) = (example[start..].trim_end(), list());
        let differs = file.lines().zip(printed.trim_end().lines()).find(|(left, right)| left != right);
        let advice = "replace what follows the first heading of .env.example by the output of `bataudit env`";
        assert_eq!(differs, None, "{advice}");
        assert_eq!(file.len(), printed.trim_end().len(), "{advice}");
    }
}
