//! How a lane begins: the table is asked until it answers, and what was left unfinished is planned.

use std::time::Duration;

use bataudit_store::StoreError;

use super::course::Course;
use super::{LaneEnd, Seat, Shared};
use crate::crash::{self, Point};
use crate::incident::report;
use crate::metrics;
use crate::recover::{Decision, View, decide};
use crate::repeat::Home;

/// Pause before the table is asked again what it holds.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a lane begins.
pub(super) struct Begun {
    pub(super) start: i64,
    pub(super) course: Course,
    /// Everything up to here is stored, and nobody has said so.
    pub(super) confirm: Option<i64>,
    pub(super) home: Home,
}

/// Decides how the lane begins; or that it does not.
pub(super) async fn begin(shared: &Shared, seat: &Seat) -> Result<Begun, LaneEnd> {
    let (view, home) = look(shared, seat).await;
    crash::at(Point::AfterAsk);
    let partition = seat.partition;
    let (start, plan, more, confirm) = match decide(&seat.origin, &view) {
        Decision::Go { start, plan, incidents, more } => {
            for incident in &incidents {
                report(&*shared.incidents, partition, incident, &shared.health).await;
            }
            (start, plan, more, None)
        }
        Decision::Confirm { end } => {
            metrics::settled("confirmed");
            (end, Vec::new(), view.more, Some(end))
        }
        Decision::Resume { at, incident } => {
            report(&*shared.incidents, partition, &incident, &shared.health).await;
            return Err(LaneEnd::Resume(at));
        }
        Decision::Refuse(incident) => {
            report(&*shared.incidents, partition, &incident, &shared.health).await;
            return Err(LaneEnd::Refused(incident.detail));
        }
    };
    let unfinished = plan.len();
    tracing::info!(partition, start, unfinished, ?confirm, "The partition starts.");
    let course = Course::new(start, plan, more).knowing(seat.origin.first(), view.before);
    Ok(Begun { start, course, confirm, home })
}

/// Asks the table until it answers: without the answer, rows would be stored twice.
async fn look(shared: &Shared, seat: &Seat) -> (View, Home) {
    loop {
        match look_once(shared, seat).await {
            Ok(found) => {
                shared.health.ready();
                return found;
            }
            Err(error) => {
                shared.health.not_ready(error.to_string());
                tracing::warn!(partition = seat.partition, %error, "Cannot ask ClickHouse what it holds; asks again.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn look_once(shared: &Shared, seat: &Seat) -> Result<(View, Home), StoreError> {
    let view = shared.stored.look(seat.partition, &seat.origin).await?;
    Ok((view, shared.ids.home(seat.partition).await?))
}
