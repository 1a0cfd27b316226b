//! What Kafka would do: it takes commits and dead letters. Incidents are written down beside them.

use bataudit_store::StoreError;
use futures::future::BoxFuture;

use super::{Step, World, never};
use crate::commit::{Commit, Commits, Confirmation};
use crate::dead_letter::{DeadLetter, DeadLetterError, DeadLetters};
use crate::incident::{Incident, Incidents};

impl DeadLetters for World {
    fn send<'a>(&'a self, letters: &'a [DeadLetter]) -> BoxFuture<'a, Result<(), DeadLetterError>> {
        Box::pin(async move {
            let step = {
                let mut state = self.state();
                if state.letter_failures > 0 {
                    state.letter_failures -= 1;
                    return Err(DeadLetterError("scripted".to_owned()));
                }
                let step = state.step();
                if matches!(step, Step::Go | Step::FailAfter) {
                    state.letters.extend_from_slice(letters);
                }
                step
            };
            match step {
                Step::Go => Ok(()),
                Step::Dead => never().await,
                Step::Fail | Step::FailAfter => Err(DeadLetterError("scripted".to_owned())),
            }
        })
    }
}

impl Commits for World {
    fn commit(&self, commit: Commit) -> BoxFuture<'_, Confirmation> {
        Box::pin(async move {
            let (step, answer) = {
                let mut state = self.state();
                let step = state.step();
                if matches!(step, Step::Go | Step::FailAfter) {
                    state.commits.push(commit);
                    state.committed = Some((commit.offset, commit.mark));
                }
                (step, state.answer)
            };
            match step {
                Step::Go => answer.unwrap_or(Confirmation::Confirmed),
                Step::Dead => never().await,
                Step::Fail | Step::FailAfter => Confirmation::Unknown,
            }
        })
    }
}

impl Incidents for World {
    fn record<'a>(
        &'a self,
        _partition: i32,
        incident: &'a Incident,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.state().incidents.push(incident.clone());
        Box::pin(async { Ok(()) })
    }
}
