//! Publishers without a broker, for tests of everything in front of it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bataudit_event::record;

use super::{Acknowledgement, BrokerStatus, PublishError, Publisher, Submission};

/// Keeps every submission, as the record it would be.
#[derive(Debug, Default)]
pub struct MemoryPublisher {
    records: Mutex<Vec<Vec<u8>>>,
}

impl MemoryPublisher {
    /// The records so far, one for each submission; decode them with [`bataudit_event::record`].
    #[must_use]
    pub fn records(&self) -> Vec<Vec<u8>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Publisher for MemoryPublisher {
    fn publish(&self, submission: &Submission<'_>) -> Acknowledgement {
        let mut value = Vec::new();
        record::encode(submission.events.iter(), &mut value);
        self.records.lock().unwrap_or_else(PoisonError::into_inner).push(value);
        Box::pin(std::future::ready(Ok(())))
    }

    fn status(&self) -> BrokerStatus {
        BrokerStatus { is_reachable: true, round_trip: Duration::from_millis(1) }
    }
}

/// Acknowledges nothing.
#[derive(Debug)]
pub struct FailingPublisher {
    failure: Option<PublishError>,
}

impl FailingPublisher {
    /// Every submission fails like this.
    #[must_use]
    pub fn with(failure: PublishError) -> Self {
        Self { failure: Some(failure) }
    }

    /// No submission is ever settled.
    #[must_use]
    pub fn stalled() -> Self {
        Self { failure: None }
    }
}

impl Publisher for FailingPublisher {
    fn publish(&self, _: &Submission<'_>) -> Acknowledgement {
        match self.failure {
            Some(failure) => Box::pin(std::future::ready(Err(failure))),
            None => Box::pin(std::future::pending()),
        }
    }

    fn status(&self) -> BrokerStatus {
        BrokerStatus::default()
    }
}
