//! Readiness of a process: every part it waits for holds a [`Readiness`] and says when it is able
//! to work. The process is ready when all of them are; it is live as long as it answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The parts of one process and whether each is ready.
#[derive(Debug, Clone, Default)]
pub struct Health {
    parts: Arc<Mutex<BTreeMap<&'static str, Option<String>>>>,
}

/// The handle of one part.
#[derive(Debug, Clone)]
pub struct Readiness {
    health: Health,
    part: &'static str,
}

impl Health {
    /// A process without parts, which is ready at once.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part, not ready until its handle says so.
    #[must_use]
    pub fn part(&self, part: &'static str) -> Readiness {
        self.set(part, Some("starting".to_owned()));
        Readiness { health: self.clone(), part }
    }

    /// The parts that are not ready, each with its reason.
    #[must_use]
    pub fn waiting_for(&self) -> Vec<(&'static str, String)> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.iter().filter_map(|(part, why)| Some((*part, why.clone()?))).collect()
    }

    /// Whether every part is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.waiting_for().is_empty()
    }

    fn set(&self, part: &'static str, why_not: Option<String>) {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(part, why_not);
    }
}

impl Readiness {
    /// This part can work now.
    pub fn ready(&self) {
        self.health.set(self.part, None);
    }

    /// This part cannot work now. `why` is shown to the operator and holds no payload.
    pub fn not_ready(&self, why: impl Into<String>) {
        self.health.set(self.part, Some(why.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_when_all_parts_are() {
        let health = Health::new();
        let (broker, keys) = (health.part("broker"), health.part("keys"));
        broker.ready();
        assert_eq!(health.waiting_for(), [("keys", "starting".to_owned())]);
        keys.ready();
        assert!(health.is_ready());
        broker.not_ready("no answer for 3 s");
        assert!(!health.is_ready());
    }
}
