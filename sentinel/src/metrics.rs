//! Every metric of sentinel. Labels are closed sets.

use metrics::{counter, gauge};

/// `bataudit_sentinel_active`: 1 in the one instance that holds the lease.
pub(crate) fn active(active: bool) {
    gauge!("bataudit_sentinel_active").set(if active { 1.0 } else { 0.0 });
}

/// `bataudit_sentinel_access_changes_total{change="put"|"remove"}`: records written to the access
/// topic.
pub(crate) fn published(written: usize, removed: usize) {
    counter!("bataudit_sentinel_access_changes_total", "change" => "put").increment(written as u64);
    counter!("bataudit_sentinel_access_changes_total", "change" => "remove").increment(removed as u64);
}

/// `bataudit_sentinel_access_entries`: keys and projects the access topic holds.
pub(crate) fn entries(count: usize) {
    gauge!("bataudit_sentinel_access_entries").set(count as f64);
}

/// `bataudit_sentinel_projects_adopted_total`: projects made from service names.
pub(crate) fn adopted() {
    counter!("bataudit_sentinel_projects_adopted_total").increment(1);
}
