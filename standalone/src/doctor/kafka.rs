//! Kafka: brokers, topics, their settings, and whether anybody reads. In: where the brokers are. Out: findings.

use std::collections::BTreeMap;

use bataudit_kafka::Topics;
use bataudit_kafka::survey::{Survey, TopicState, survey};
use bataudit_kafka::topics::TopicLayout;
use bataudit_ledger::log::Log;
use bataudit_ledger::{LedgerError, Sources, progress};
use chrono::Utc;

use super::finding::{Finding, State, fail, ok, skip, warn};
use super::settings::Places;

/// The largest record the gateway writes.
const RECORD_BYTES: i64 = 8_388_608;
/// An event that waits longer than this is no ordinary delay.
const LATE_MS: i64 = 60_000;

/// Asks the brokers.
pub(super) async fn check(places: &Places, reads: bool) -> Vec<Finding> {
    let Sources { kafka, topics, .. } = &places.books;
    let names = [topics.events.as_str(), topics.access.as_str(), topics.dead_letters.as_str()];
    let found = match survey(kafka, names).await {
        Ok(found) => found,
        Err(error) => {
            let advice =
                "see BATAUDIT_KAFKA_BROKERS, and whether the brokers run and can be reached from here";
            return vec![fail("kafka", error.to_string(), advice)];
        }
    };
    let mut findings = vec![ok("kafka", format!("{} broker(s) answer", found.brokers))];
    findings.extend(judge(&found, topics, places.layout));
    if reads && found.topics.contains_key(&topics.events) {
        findings.push(reading(&places.books).await);
    }
    findings
}

/// What must hold for each topic.
fn judge(found: &Survey, topics: &Topics, layout: TopicLayout) -> Vec<Finding> {
    let retention = layout.retention_ms.to_string();
    let expected: [(&str, &[(&str, &str)]); 3] = [
        (&topics.events, &[("cleanup.policy", "delete"), ("retention.ms", &retention)]),
        (&topics.access, &[("cleanup.policy", "compact")]),
        (&topics.dead_letters, &[("cleanup.policy", "delete"), ("retention.ms", "-1")]),
    ];
    let mut findings = Vec::new();
    for (name, settings) in expected {
        let Some(topic) = found.topics.get(name) else {
            findings.push(fail("kafka.topics", format!("{name} does not exist"), "run `bataudit migrate`"));
            continue;
        };
        let before = findings.len();
        findings.extend(availability(name, topic, found.brokers));
        findings
            .extend(settings.iter().filter_map(|(key, value)| differs(name, &topic.settings, key, value)));
        findings.extend(limits(name, topic, name != topics.access));
        if findings.iter().skip(before).all(|found| found.state == State::Skip) {
            let says = format!("{name}: {} partition(s), {} copies each", topic.partitions, topic.copies);
            findings.insert(before, ok("kafka.topics", says));
        }
    }
    findings
}

fn availability(name: &str, topic: &TopicState, brokers: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    if topic.leaderless > 0 {
        let says = format!("{name}: {} partition(s) have no leader and take nothing", topic.leaderless);
        findings.push(fail("kafka.topics", says, "start the brokers that hold them"));
    }
    if topic.behind > 0 {
        let says = format!("{name}: a copy of {} partition(s) is behind", topic.behind);
        findings.push(warn("kafka.topics", says, "see whether every broker runs and keeps up"));
    }
    if topic.copies == 1 && brokers >= 3 {
        let says = format!("{name}: one copy on {brokers} brokers; a lost disk loses what it held");
        findings.push(warn(
            "kafka.topics",
            says,
            "raise its replication factor to 3 (kafka-reassign-partitions)",
        ));
    }
    findings
}

fn differs(name: &str, settings: &BTreeMap<String, String>, key: &str, expected: &str) -> Option<Finding> {
    let value = settings.get(key)?;
    if value == expected {
        return None;
    }
    let says = format!("{name}: {key} is {value}, it should be {expected}");
    let fix = format!("kafka-configs --alter --topic {name} --add-config {key}={expected}");
    // Keeping longer than was asked loses nothing.
    let longer = key == "retention.ms"
        && value
            .parse::<i64>()
            .ok()
            .zip(expected.parse().ok())
            .is_some_and(|(is, ought): (i64, i64)| is < 0 || ought >= 0 && is > ought);
    Some(if longer { warn("kafka.topics", says, fix) } else { fail("kafka.topics", says, fix) })
}

fn limits(name: &str, topic: &TopicState, takes_records: bool) -> Vec<Finding> {
    if topic.settings.is_empty() {
        return vec![skip("kafka.topics", format!("{name}: the brokers tell no settings"))];
    }
    let number = |key: &str| topic.settings.get(key).and_then(|value| value.parse::<i64>().ok());
    let set =
        |key: &str, value: &str| format!("kafka-configs --alter --topic {name} --add-config {key}={value}");
    let mut findings = Vec::new();
    if takes_records && number("max.message.bytes").is_some_and(|bytes| bytes < RECORD_BYTES) {
        let says =
            format!("{name}: max.message.bytes is below {RECORD_BYTES}: large events would be refused");
        findings.push(fail("kafka.topics", says, set("max.message.bytes", &RECORD_BYTES.to_string())));
    }
    if topic.copies >= 3 && number("min.insync.replicas").is_some_and(|copies| copies < 2) {
        let says =
            format!("{name}: min.insync.replicas is 1: an acknowledged event may be on one broker only");
        findings.push(fail("kafka.topics", says, set("min.insync.replicas", "2")));
    }
    if topic.settings.get("unclean.leader.election.enable").is_some_and(|value| value == "true") {
        let says =
            format!("{name}: a copy that is behind may become leader, and acknowledged events are gone");
        findings.push(fail("kafka.topics", says, set("unclean.leader.election.enable", "false")));
    }
    findings
}

/// Whether the processors keep up.
async fn reading(books: &Sources) -> Finding {
    const CHECK: &str = "kafka.processors";
    let waiting = {
        let books = books.clone();
        tokio::task::spawn_blocking(move || waiting(&books)).await
    };
    let until = progress::complete_until(books, Utc::now().timestamp_millis()).await;
    match (waiting, until) {
        (Ok(Ok(waiting)), Ok(until)) => {
            let age = Utc::now().timestamp_millis() - until;
            if age > LATE_MS {
                let says = format!("{waiting} record(s) wait, the oldest for {} s", age / 1000);
                fail(CHECK, says, "see whether a processor runs and is ready, and what its log says")
            } else {
                ok(CHECK, format!("{waiting} record(s) wait, none for long"))
            }
        }
        (Ok(Err(error)), _) | (_, Err(error)) => fail(CHECK, error.to_string(), "see the brokers' logs"),
        (Err(_), _) => fail(CHECK, "the brokers could not be read", "see the brokers' logs"),
    }
}

fn waiting(books: &Sources) -> Result<i64, LedgerError> {
    let log = Log::open(&books.kafka, &books.topics.events, &books.stream.group)?;
    let extents = log.extents()?;
    let committed = log.committed(&extents)?;
    let left = extents.iter().map(|extent| {
        let next = committed.get(&extent.partition).copied().unwrap_or(extent.offsets.start);
        extent.offsets.end - next.max(extent.offsets.start)
    });
    Ok(left.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: TopicLayout = TopicLayout { partitions: 3, replication: 3, retention_ms: 1000 };

    fn topic(settings: &[(&str, &str)]) -> TopicState {
        let fixed = [("max.message.bytes", "8388608"), ("min.insync.replicas", "2")];
        let settings =
            fixed.iter().chain(settings).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        TopicState { partitions: 3, copies: 3, settings: settings.collect(), ..TopicState::default() }
    }

    fn survey_with(events: TopicState) -> (Survey, Topics) {
        let topics = Topics::with_prefix("t");
        let access = topic(&[("cleanup.policy", "compact")]);
        let letters = topic(&[("cleanup.policy", "delete"), ("retention.ms", "-1")]);
        let all = [
            (topics.events.clone(), events),
            (topics.access.clone(), access),
            (topics.dead_letters.clone(), letters),
        ];
        (Survey { brokers: 3, topics: all.into_iter().collect() }, topics)
    }

    fn states(events: TopicState) -> Vec<(State, String)> {
        let (found, topics) = survey_with(events);
        judge(&found, &topics, LAYOUT).into_iter().map(|found| (found.state, found.says)).collect()
    }

    #[test]
    fn topics_as_migrate_makes_them_are_good() {
        let found = states(topic(&[("cleanup.policy", "delete"), ("retention.ms", "1000")]));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|(state, _)| *state == State::Ok), "{found:?}");
    }

    #[test]
    fn what_would_lose_events_must_be_fixed() {
        for (key, value) in [
            ("retention.ms", "999"),
            ("cleanup.policy", "compact"),
            ("max.message.bytes", "1048588"),
            ("min.insync.replicas", "1"),
            ("unclean.leader.election.enable", "true"),
        ] {
            let mut events = topic(&[("cleanup.policy", "delete"), ("retention.ms", "1000")]);
            events.settings.insert(key.to_owned(), value.to_owned());
            let found = states(events);
            assert_eq!(found[0].0, State::Fail, "{found:?}");
        }
        let kept = states(topic(&[("cleanup.policy", "delete"), ("retention.ms", "-1")]));
        assert_eq!(kept[0].0, State::Warn, "keeping longer loses nothing: {kept:?}");
        let (mut found, topics) = survey_with(topic(&[]));
        found.topics.remove(&topics.events);
        assert_eq!(judge(&found, &topics, LAYOUT)[0].fix.as_deref(), Some("run `bataudit migrate`"));
    }

    #[test]
    fn a_lost_leader_and_a_lonely_copy_are_told() {
        let good = [("cleanup.policy", "delete"), ("retention.ms", "1000")];
        assert_eq!(states(TopicState { leaderless: 1, ..topic(&good) })[0].0, State::Fail);
        assert_eq!(states(TopicState { behind: 1, ..topic(&good) })[0].0, State::Warn);
        assert_eq!(states(TopicState { copies: 1, ..topic(&good) })[0].0, State::Warn);
    }
}
