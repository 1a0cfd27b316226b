//! What a retention pass removes. Pure. In: what projects have set, what the installation keeps, which days have rows,
//! and the day. Out: projects by day, and the rollups that are due. Days are numbers since 1970; whole days only.

use std::collections::BTreeMap;

use bataudit_control::retention::Days;

/// Days that are kept; `None` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Raw events and counts by the minute.
    pub(crate) raw: i64,
    /// Counts by the hour.
    pub(crate) hourly: i64,
    /// Counts by the day.
    pub(crate) daily: Option<i64>,
}

/// What each project keeps.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Of projects that have set nothing.
    pub(crate) installation: Kept,
    /// What projects have set.
    pub(crate) projects: BTreeMap<String, Days>,
    /// The project of what people did in BatAudit itself; nobody shortens it.
    pub(crate) audit: (String, Kept),
}

impl Plan {
    /// What a project keeps.
    pub(crate) fn kept(&self, project: &str) -> Kept {
        if project == self.audit.0 {
            return self.audit.1;
        }
        let set = self.projects.get(project).copied().unwrap_or_default();
        let all = self.installation;
        Kept {
            raw: set.raw_days.unwrap_or(all.raw),
            hourly: set.hourly_days.unwrap_or(all.hourly),
            daily: set.daily_days.or(all.daily),
        }
    }

    /// Days before this one may have rows that are due, whatever the project.
    pub(crate) fn first_kept_day(&self, today: i64) -> i64 {
        let set = self.projects.values().filter_map(|days| days.raw_days);
        today - set.chain([self.installation.raw, self.audit.1.raw]).min().unwrap_or(self.installation.raw)
    }

    /// The projects whose rows of a day are due, by day, the oldest first.
    pub(crate) fn due(&self, today: i64, days: Vec<(u16, String)>) -> BTreeMap<u16, Vec<String>> {
        let mut due: BTreeMap<u16, Vec<String>> = BTreeMap::new();
        for (day, project) in days {
            if i64::from(day) < today - self.kept(&project).raw {
                due.entry(day).or_default().push(project);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(raw: Option<i64>) -> Plan {
        let kept = Kept { raw: 30, hourly: 365, daily: None };
        let days = Days { raw_days: raw, ..Days::default() };
        Plan {
            installation: kept,
            projects: BTreeMap::from([("a".to_owned(), days)]),
            audit: ("audit".to_owned(), Kept { raw: 365, ..kept }),
        }
    }

    #[test]
    fn a_project_keeps_what_it_set_and_else_what_the_installation_says() {
        let days = |days: &[u16]| {
            days.iter().flat_map(|day| ["a", "audit", "b"].map(|id| (*day, id.to_owned()))).collect()
        };
        let due = plan(Some(7)).due(100, days(&[60, 69, 70, 92, 93]));
        let found: Vec<_> = due.iter().map(|(day, projects)| (*day, projects.concat())).collect();
        assert_eq!(
            found,
            [(60, "ab".to_owned()), (69, "ab".to_owned()), (70, "a".to_owned()), (92, "a".to_owned())]
        );
        assert_eq!(plan(Some(7)).first_kept_day(100), 93);
        assert_eq!(plan(Some(90)).first_kept_day(100), 70);
    }

    proptest! {
        /// Nothing younger than what its project keeps is ever due.
        #[test]
        fn nothing_goes_early(today in 400_i64..30_000, age in 0_i64..400, raw in proptest::option::of(1_i64..366)) {
            let (plan, day) = (plan(raw), u16::try_from(today - age).unwrap());
            for project in ["a", "b", "audit"] {
                let due = plan.due(today, vec![(day, project.to_owned())]);
                prop_assert_eq!(!due.is_empty(), age > plan.kept(project).raw);
                prop_assert!(due.is_empty() || i64::from(day) < plan.first_kept_day(today));
            }
        }
    }
}
