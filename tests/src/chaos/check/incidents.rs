//! Loss incidents: one for each range that Kafka deleted unread, saying how much, and no other kind.

use serde::Deserialize;

use super::Verdict;
use crate::chaos::log::Entry;
use crate::chaos::rig::Cut;
use crate::clickhouse::ClickHouse;

#[derive(Debug, Deserialize)]
struct Incident {
    kind: String,
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

/// Every cut since the last check that lost something must have its incident, which says no less than
/// what is missing; and nothing else may have happened.
pub(super) async fn compare(clickhouse: &ClickHouse, cuts: &[Cut], verdict: &mut Verdict) {
    let statement = "SELECT kind, k_partition AS partition, first_offset AS first, end_offset AS end, lost \
                     FROM loss_incidents FINAL";
    let incidents: Vec<Incident> = clickhouse.rows(statement).await;
    for cut in cuts {
        let Cut { partition, from, to, .. } = cut;
        let missing =
            verdict.cut.iter().filter(|(of, offset)| of == partition && (*from..*to).contains(offset));
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
    for incident in incidents.iter().filter(|incident| incident.kind != "retention_cut") {
        verdict.find(format!("an incident nobody caused: {incident:?}"));
    }
}
