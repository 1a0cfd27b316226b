//! Loss incidents: one for each range that Kafka deleted unread and for each life of the topic that
//! ended, saying how much, and no other kind.

use serde::Deserialize;

use super::{Done, Verdict};
use crate::chaos::log::Entry;
use crate::chaos::rig::{Cut, Life};
use crate::clickhouse::ClickHouse;

#[derive(Debug, Deserialize)]
struct Incident {
    kind: String,
    epoch: String,
    partition: i32,
    first: i64,
    end: i64,
    lost: i64,
}

impl Cut {
    /// Whether this record was deleted unread.
    pub(super) fn holds(&self, entry: &Entry) -> bool {
        self.partition == entry.partition && (self.from..self.to).contains(&entry.offset)
    }

    fn is_told_by(&self, incident: &Incident) -> bool {
        incident.kind == "retention_cut"
            && incident.partition == self.partition
            && (self.from..self.to).contains(&incident.first)
            && incident.end == self.to
            && incident.lost <= self.to - self.from
    }
}

/// Whatever was lost on purpose since the last check must have its incident, which says no less than
/// what is missing; and nothing else may have happened.
pub(super) async fn compare(clickhouse: &ClickHouse, done: &Done, verdict: &mut Verdict) {
    let statement = "SELECT kind, stream_epoch AS epoch, k_partition AS partition, first_offset AS first, \
                     end_offset AS end, lost FROM loss_incidents FINAL";
    let incidents: Vec<Incident> = clickhouse.rows(statement).await;
    for cut in &done.cuts {
        cut_is_told(cut, &incidents, verdict);
    }
    for life in &done.lives {
        end_is_told(life, &incidents, verdict);
    }
    let known = ["retention_cut", "topic_recreated"];
    for incident in incidents.iter().filter(|incident| !known.contains(&&*incident.kind)) {
        verdict.find(format!("an incident nobody caused: {incident:?}"));
    }
}

fn cut_is_told(cut: &Cut, incidents: &[Incident], verdict: &mut Verdict) {
    let Cut { partition, from, to, .. } = cut;
    let missing = verdict.cut.iter().filter(|(of, offset)| of == partition && (*from..*to).contains(offset));
    // What was stored, and not yet confirmed, is not lost.
    let missing = i64::try_from(missing.count()).unwrap_or(i64::MAX);
    let told = incidents.iter().any(|incident| cut.is_told_by(incident) && incident.lost >= missing);
    if missing > 0 && !told {
        verdict.find(format!(
            "partition {partition}: {missing} records of {from}..{to} were deleted unread; the incidents \
             are {incidents:?}"
        ));
    }
}

/// Every partition that lost something must have said how much: all of it, and nothing that is stored.
fn end_is_told(life: &Life, incidents: &[Incident], verdict: &mut Verdict) {
    for (partition, end) in (0..).zip(&life.ends) {
        let missing = verdict.buried.iter().filter(|of| **of == (life.epoch, partition)).count();
        let missing = i64::try_from(missing).unwrap_or(i64::MAX);
        let ours: Vec<_> = incidents
            .iter()
            .filter(|incident| incident.kind == "topic_recreated" && incident.partition == partition)
            .filter(|incident| incident.epoch == life.epoch.to_string())
            .collect();
        let told = ours.iter().any(|incident| incident.lost == missing && incident.end == *end);
        if missing > 0 && !told {
            verdict.find(format!(
                "partition {partition}: {missing} records before {end} went with the topic; the incidents are {ours:?}"
            ));
        }
    }
}
