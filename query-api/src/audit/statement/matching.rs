//! A [`Filter`] as conditions over the columns of events. Values are bound, never spelled.

use std::net::IpAddr;

use super::super::filter::{Condition, Filter, StatusClass, Values};
use super::Params;

/// What free text is sought in. The index `ix_words` is over exactly the words of this: 0006_words.sql.
const TEXT: &str = "lowerUTF8(concat(path, ' ', error_message, ' ', identifier, ' ', user_email, ' ', request_body, ' ', \
     response_body))";

/// What all paths of a route begin with: the processor puts `:id` for an id and leaves out what follows `?` or `#`.
const HEAD: &str = "splitByString(':id', route)[1]";

impl Params {
    /// The conditions of a filter, all of which must hold.
    pub(super) fn filter(&mut self, filter: &Filter) -> Vec<String> {
        let mut all: Vec<_> = filter.conditions.iter().map(|condition| self.condition(condition)).collect();
        all.extend(filter.words.iter().map(|word| self.word(word)));
        all
    }

    /// What is asked of a route by its beginning, and whether it does not tell: some of its paths may then begin so, and
    /// others not.
    pub(super) fn of_routes(&mut self, asked: &[Condition]) -> (String, String) {
        let told = asked.iter().map(|condition| self.condition(condition)).collect::<Vec<_>>().join(" AND ");
        let prefixes = asked.iter().filter_map(|condition| match &condition.values {
            Values::RoutesWithin(prefixes) => Some(prefixes),
            _ => None,
        });
        let untold = either(prefixes.flatten().map(|prefix| {
            let prefix = self.text(prefix);
            format!(
                "(startsWith({prefix}, {HEAD}) AND {HEAD} != {prefix} AND \
                 (position(route, ':id') > 0 OR substring({prefix}, length(route) + 1, 1) IN ('?', '#')))"
            )
        }));
        (told, untold)
    }

    /// A text that holds a word holds its letters, which is found out sooner than its words are told apart: that is done
    /// where the letters are, and for the index.
    fn word(&mut self, word: &str) -> String {
        let word = self.text(word);
        format!("position({TEXT}, {word}) > 0 AND has(tokens({TEXT}), {word})")
    }

    fn condition(&mut self, condition: &Condition) -> String {
        let matches = match &condition.values {
            Values::Texts(field, texts) => self.among(field.name(), texts),
            Values::PathPrefixes(prefixes) => {
                either(prefixes.iter().map(|prefix| format!("startsWith(path, {})", self.text(prefix))))
            }
            Values::RoutesWithin(prefixes) => {
                either(prefixes.iter().map(|prefix| format!("startsWith({HEAD}, {})", self.text(prefix))))
            }
            Values::Codes(codes) => {
                either(codes.iter().map(|code| format!("status_code = {}", self.number((*code).into()))))
            }
            Values::Classes(classes) => either(classes.iter().map(|class| status_class(*class).to_owned())),
            Values::System => "startsWith(event_type, 'system.')".to_owned(),
            Values::Addresses(addresses) => either(addresses.iter().map(|address| self.address(*address))),
        };
        if condition.negated { format!("NOT ({matches})") } else { format!("({matches})") }
    }

    /// One value is compared with `=`, which lets ClickHouse read in the order of the table.
    fn among(&mut self, column: &str, values: &[String]) -> String {
        match values {
            [value] => format!("{column} = {}", self.text(value)),
            values => format!("{column} IN {}", self.texts(values)),
        }
    }

    fn address(&mut self, address: IpAddr) -> String {
        format!("ip_address = toIPv6({})", self.text(&address.to_string()))
    }
}

fn either(conditions: impl Iterator<Item = String>) -> String {
    conditions.collect::<Vec<_>>().join(" OR ")
}

const fn status_class(class: StatusClass) -> &'static str {
    match class {
        StatusClass::Success => "status_code BETWEEN 200 AND 299",
        StatusClass::Redirection => "status_code BETWEEN 300 AND 399",
        StatusClass::ClientError => "status_code BETWEEN 400 AND 499",
        StatusClass::ServerError => "status_code >= 500",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelled_as_the_index_is() {
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        let file = include_str!("../../../../deploy/clickhouse/0006_words.sql");
        assert!(
            plain(file).contains(&plain(&format!("tokens({TEXT})"))),
            "another spelling would not use the index"
        );
    }
}
