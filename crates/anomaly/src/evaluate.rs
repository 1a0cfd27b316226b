//! Rules over a range of minutes. In: rules and the range. Out: the spans in which each held, by service. Each
//! statement is asked once for all rules that share it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bataudit_store::StoreError;
use serde_json::{Value, json};

use crate::detect::{self, BASELINE, Counted, Share, Span};
use crate::incident::Key;
use crate::read::{AllSeries, Burst, Burstlike, Reader, Source};
use crate::rule::{Kind, Rule};

/// How far back a service counts as one that used to send events, in minutes.
const REMEMBERED: i64 = 7 * 24 * 60;

/// The spans of one rule and service.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Of what.
    pub key: Key,
    /// When it held, in order.
    pub spans: Vec<Span>,
}

/// Judges these minutes by these rules. A rule that held nowhere has no finding.
///
/// # Errors
/// When ClickHouse fails or is late.
pub async fn evaluate(
    reader: &Reader,
    rules: &[Rule],
    minutes: Range<i64>,
) -> Result<Vec<Finding>, StoreError> {
    let asked = Asked { rules, minutes };
    let mut found = Vec::new();
    asked.services(reader, &mut found).await?;
    asked.silences(reader, &mut found).await?;
    asked.routes(reader, &mut found).await?;
    for (kind, what) in [(Kind::BruteForce, Burstlike::Refusals), (Kind::MassDelete, Burstlike::Deletions)] {
        asked.bursts(reader, kind, what, &mut found).await?;
    }
    Ok(found)
}

struct Asked<'a> {
    rules: &'a [Rule],
    minutes: Range<i64>,
}

impl Asked<'_> {
    fn of(&self, kinds: &[Kind]) -> Vec<&Rule> {
        self.rules.iter().filter(|rule| kinds.contains(&rule.kind)).collect()
    }

    /// The range with the minutes before it that its first minute is judged by.
    fn with_before(&self, minutes: i64) -> Range<i64> {
        self.minutes.start - minutes..self.minutes.end
    }

    async fn services(&self, reader: &Reader, found: &mut Vec<Finding>) -> Result<(), StoreError> {
        let rules = self.of(&[Kind::VolumeSpike, Kind::ErrorRate]);
        if rules.is_empty() {
            return Ok(());
        }
        let before = longest_window(&rules).max(BASELINE);
        let all = reader.services(&projects(&rules), &self.with_before(before)).await?;
        each(&rules, &all, found, |rule, series| match rule.kind {
            Kind::VolumeSpike => detect::volume_spike(series, self.minutes.start, &rule.parameters),
            _ => detect::error_share(series, self.minutes.start, &rule.parameters, |share| {
                json!({
                    "error_rate_pct": share.shown(), "threshold_pct": rule.parameters.threshold,
                    "error_count": share.errors, "total_count": share.events,
                })
            }),
        });
        Ok(())
    }

    async fn silences(&self, reader: &Reader, found: &mut Vec<Finding>) -> Result<(), StoreError> {
        let rules = self.of(&[Kind::SilentService]);
        if rules.is_empty() {
            return Ok(());
        }
        let projects = projects(&rules);
        let mut all = reader.last_seen(&projects, self.minutes.start - REMEMBERED).await?;
        // Silences that ended within the range, too.
        let longest =
            rules.iter().map(|rule| rule.parameters.threshold.ceil() as i64).max().unwrap_or_default();
        for (source, series) in reader.services(&projects, &self.with_before(longest)).await? {
            all.insert(source, series);
        }
        let until = self.minutes.end - 1;
        each(&rules, &all, found, |rule, series| {
            let until_now: Vec<Counted> =
                series.iter().copied().filter(|counted| counted.minute <= until).collect();
            detect::silence(&until_now, self.minutes.start, until, &rule.parameters)
        });
        Ok(())
    }

    async fn routes(&self, reader: &Reader, found: &mut Vec<Finding>) -> Result<(), StoreError> {
        let rules = self.of(&[Kind::ErrorRateByRoute]);
        if rules.is_empty() {
            return Ok(());
        }
        let all = reader.routes(&projects(&rules), &self.with_before(longest_window(&rules))).await?;
        for (source, series) in &all {
            let (method, route) = source.subject.split_once(' ').unwrap_or_default();
            for rule in rules.iter().filter(|rule| covers(rule, source)) {
                let details = |share: &Share| {
                    json!({
                        "path": route, "method": method, "error_rate": share.shown(), "error_count": share.errors,
                        "total_requests": share.events, "window_seconds": rule.parameters.window_seconds,
                    })
                };
                let spans = detect::error_share(series, self.minutes.start, &rule.parameters, details);
                add(found, rule, source, spans);
            }
        }
        Ok(())
    }

    async fn bursts(
        &self,
        reader: &Reader,
        kind: Kind,
        what: Burstlike,
        found: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        let rules = self.of(&[kind]);
        // Most projects keep the defaults, and share one statement.
        let mut alike: BTreeMap<(u32, u64), Vec<&Rule>> = BTreeMap::new();
        for rule in rules {
            let least = rule.parameters.threshold.ceil() as u64;
            alike.entry((rule.parameters.window_seconds, least)).or_default().push(rule);
        }
        for (limits, rules) in alike {
            let range = self.with_before(longest_window(&rules));
            let bursts = reader.bursts(what, &projects(&rules), &range, limits).await?;
            for (source, bursts) in &bursts {
                for rule in rules.iter().filter(|rule| covers(rule, source)) {
                    add(found, rule, source, spans(rule, bursts, self.minutes.start));
                }
            }
        }
        Ok(())
    }
}

fn spans(rule: &Rule, bursts: &[Burst], since: i64) -> Vec<Span> {
    let mut spans = Vec::new();
    for burst in bursts.iter().filter(|burst| burst.minute >= since) {
        detect::add(&mut spans, burst.minute, || burst_details(rule, burst));
    }
    spans
}

fn burst_details(rule: &Rule, burst: &Burst) -> Value {
    let (threshold, window) = (rule.parameters.threshold, rule.parameters.window_seconds);
    match rule.kind {
        Kind::BruteForce => json!({
            "identifier": burst.identifier, "fail_count": burst.events, "threshold": threshold, "window_secs": window,
        }),
        _ => json!({"delete_count": burst.events, "threshold": threshold, "window_secs": window}),
    }
}

fn projects(rules: &[&Rule]) -> Vec<String> {
    let distinct: BTreeSet<_> = rules.iter().map(|rule| rule.project_id.as_str()).collect();
    distinct.into_iter().map(str::to_owned).collect()
}

fn longest_window(rules: &[&Rule]) -> i64 {
    rules.iter().map(|rule| rule.parameters.window_minutes()).max().unwrap_or_default()
}

fn covers(rule: &Rule, source: &Source) -> bool {
    rule.project_id == source.project_id && rule.covers(&source.service_name, &source.environment)
}

/// Every rule on every series it covers.
fn each(
    rules: &[&Rule],
    all: &AllSeries,
    found: &mut Vec<Finding>,
    detect: impl Fn(&Rule, &[Counted]) -> Vec<Span>,
) {
    for (source, series) in all {
        for rule in rules.iter().filter(|rule| covers(rule, source)) {
            add(found, rule, source, detect(rule, series));
        }
    }
}

fn add(found: &mut Vec<Finding>, rule: &Rule, source: &Source, spans: Vec<Span>) {
    if spans.is_empty() {
        return;
    }
    let key = Key {
        rule_id: rule.id.clone(),
        service_name: source.service_name.clone(),
        environment: source.environment.clone(),
        subject: source.subject.clone(),
    };
    found.push(Finding { key, spans });
}
