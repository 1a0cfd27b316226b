//! What the rooms of the import share: where from, where to, what is wanted, what was counted, and which of the
//! original's users and projects is which here.

use std::collections::{BTreeSet, HashMap, HashSet};

use bataudit_control::{Error, Store};

use super::ids;
use super::source::Source;
use super::tally::{Kind, Tally};
use crate::cli::KeyScopeChoice;

/// What was asked for.
#[derive(Debug, Clone)]
pub(super) struct Options {
    /// Which kinds.
    pub(super) kinds: BTreeSet<Kind>,
    /// Whether nothing is to be changed.
    pub(super) is_dry: bool,
    /// The scope of imported keys.
    pub(super) key_scope: KeyScopeChoice,
    /// Whether imported channels come paused.
    pub(super) pause_channels: bool,
}

/// An import under way.
pub(super) struct Context {
    pub(super) source: Source,
    pub(super) store: Store,
    pub(super) options: Options,
    pub(super) tally: Tally,
    /// Users here, by the original's id.
    pub(super) users: HashMap<String, String>,
    /// Projects here, by the original's id.
    pub(super) projects: HashMap<String, String>,
    /// Every project that the original has, here or not.
    pub(super) originals: HashSet<String>,
    /// Unix milliseconds.
    pub(super) now: i64,
}

impl Context {
    pub(super) fn wants(&self, kind: Kind) -> bool {
        self.options.kinds.contains(&kind)
    }

    /// The user here; nobody for one that was deleted.
    pub(super) fn user(&self, id: Option<&str>) -> Option<String> {
        self.users.get(id?).cloned()
    }

    /// The project here.
    pub(super) fn project(&self, id: &str) -> Option<String> {
        self.projects.get(id).cloned()
    }

    /// Whether a project of the original is the same here, and not another one that has its slug.
    pub(super) fn is_own(&self, id: &str) -> bool {
        self.projects.get(id).is_some_and(|here| *here == ids::text(id))
    }

    /// Counts what is there already.
    pub(super) fn present(&mut self, kind: Kind) {
        self.tally.of(kind).already_there += 1;
    }

    /// Counts what cannot be brought over.
    pub(super) fn refuse(&mut self, kind: Kind, reason: impl Into<String>) {
        self.tally.of(kind).refuse(reason);
    }

    /// Stores something, unless nothing is to be changed, and counts it. Whether it is here now, or would be.
    pub(super) async fn put(
        &mut self,
        kind: Kind,
        adopt: impl Future<Output = bataudit_control::Result<()>>,
    ) -> anyhow::Result<bool> {
        let done = if self.options.is_dry { Ok(()) } else { adopt.await };
        let counts = self.tally.of(kind);
        let reason = match done {
            Ok(()) => {
                counts.imported += 1;
                return Ok(true);
            }
            Err(Error::Conflict { .. }) => {
                counts.already_there += 1;
                return Ok(true);
            }
            Err(Error::NotFound { what }) => format!("its {what} is not here"),
            Err(Error::Invalid { what } | Error::Refused { what }) => what.to_owned(),
            Err(error) => return Err(error.into()),
        };
        counts.refuse(reason);
        Ok(false)
    }
}
