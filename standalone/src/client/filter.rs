//! Which events: words of the command line become parameters of the API. Pure, but for the project's slug.

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::http::{Client, Pair};
use crate::cli::{Asked, Span};

/// Parameters that are the command line's own business.
const OWN: [&str; 8] =
    ["project_id", "start_date", "end_date", "limit", "page", "cursor", "format", "columns"];

/// The parameters of a request, with the project's id looked up.
pub(super) async fn parameters(
    client: &Client,
    asked: &Asked,
    span: Option<&Span>,
) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = asked.filters.iter().map(|text| filter(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let ends = span.map(|span| [("start_date", &span.since), ("end_date", &span.until)]);
    for (name, text) in ends.into_iter().flatten() {
        if let Some(text) = text {
            pairs.push((name.to_owned(), moment(text, Utc::now())?));
        }
    }
    if let Some(named) = &asked.project {
        pairs.push(("project_id".to_owned(), client.project(named).await?));
    }
    Ok(pairs)
}

/// `name=value` or `name!=value`; the server knows which names there are.
fn filter(text: &str) -> anyhow::Result<Pair> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| {
            name.trim_end_matches('!').bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                && !name.is_empty()
        })
        .with_context(|| format!("{text} is not a filter such as status_code=500 or service_name!=pay"))?;
    if OWN.contains(&name) {
        bail!("{name} is not a filter: there are options such as --project, --since, --until and --limit");
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// A time, or how long before `now`, as the API wants it.
fn moment(text: &str, now: DateTime<Utc>) -> anyhow::Result<String> {
    let given = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let found = ago(text).and_then(|ago| now.checked_sub_signed(ago)).or_else(given);
    let found = found.with_context(|| {
        format!("{text} is neither a time such as 2026-05-01T00:00:00Z nor an age such as 30m, 12h or 7d")
    })?;
    Ok(found.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn ago(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number >= 0)?;
    match unit {
        's' => TimeDelta::try_seconds(number),
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_passed_on_as_they_stand() {
        let pair = |text: &str| filter(text).unwrap();
        assert_eq!(pair("status_code!=404"), ("status_code!".to_owned(), "404".to_owned()));
        assert_eq!(pair("q=a=b c"), ("q".to_owned(), "a=b c".to_owned()));
        for bad in ["5xx", "=x", "Path=/", "limit=3", "start_date=now"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_and_ages() {
        let now = DateTime::parse_from_rfc3339("2026-05-02T00:00:00Z").unwrap().to_utc();
        let at = |text: &str| moment(text, now).unwrap();
        assert_eq!(at("90m"), "2026-05-01T22:30:00.000Z");
        assert_eq!(at("1d"), "2026-05-01T00:00:00.000Z");
        assert_eq!(at("2026-05-01T02:00:00+02:00"), "2026-05-01T00:00:00.000Z");
        for bad in ["yesterday", "-1h", "1w", "é", "", "99999999999999d", "2026-05-01"] {
            assert!(moment(bad, now).is_err(), "{bad}");
        }
    }
}
