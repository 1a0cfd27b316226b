//! Which rules masked a row, as one number that a person can read: `1` `02` `00007` is version 1 of the
//! built-in rules, version 2 of the installation's file and version 7 of the project's rules.

use std::ops::RangeInclusive;

use super::{Project, RuleFile};

/// Raised whenever the built-in rules mask something they did not mask before.
const BUILT_IN: u32 = 1;
/// What a file may call itself; 0 is no file.
pub const FILE_VERSIONS: RangeInclusive<u32> = 1..=99;
/// How the rules of a project count; 0 is none.
pub const PROJECT_VERSIONS: RangeInclusive<u32> = 1..=99_999;

/// The versions of the three sets of rules that masked an event together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    built_in: u32,
    file: u32,
    project: u32,
}

impl Version {
    pub(crate) fn of(file: Option<&RuleFile>, project: Option<&Project>) -> Self {
        let file = file.map_or(0, |file| file.version.min(*FILE_VERSIONS.end()));
        let project = project.map_or(0, |project| project.version.min(*PROJECT_VERSIONS.end()));
        Self { built_in: BUILT_IN, file, project }
    }

    /// As stored with a row.
    #[must_use]
    pub fn number(self) -> u32 {
        (self.built_in * 100 + self.file) * 100_000 + self.project
    }
}
