//! What the engine itself took for the statements of a request, as its own log tells it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::ensure;
use bataudit_e2e::clickhouse::ClickHouse;
use serde::Deserialize;
use tokio::time::{Instant, interval};

use super::Place;
use super::ask::{Request, Times};
use super::catalogue::Read;

/// How often the log is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long a statement may take to enter it.
const LOGGED: Duration = Duration::from_secs(30);

/// A stretch of time, in unix microseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Span {
    start: u64,
    end: u64,
}

/// Asks `count` times, one request after the other; returns how long each took, and of that how long the engine was at
/// work for it. Nobody else may ask this database anything meanwhile.
///
/// # Errors
/// When a request fails or the log knows nothing of it.
pub async fn compare(place: &Place, read: &Read, count: usize) -> anyhow::Result<(Times, Times)> {
    let request = Request::new(place, read)?;
    request.send().await?;
    let mut asked = Vec::new();
    for _ in 0..count {
        let start = now();
        request.send().await?;
        asked.push(Span { start, end: now() });
    }
    let whole = Span {
        start: asked.first().map_or(0, |span| span.start),
        end: asked.last().map_or(0, |span| span.end),
    };
    let ran = logged(&place.line.stack.clickhouse, whole).await?;
    let mut engine = Vec::new();
    for span in &asked {
        let own: Vec<_> = ran.iter().filter(|ran| ran.start >= span.start && ran.start <= span.end).collect();
        ensure!(!own.is_empty(), "the engine's log has no statement of {}", read.part);
        engine.push(busy(&own) as f64 / 1e3);
    }
    let took = asked.iter().map(|span| (span.end - span.start) as f64 / 1e3).collect();
    Ok((Times::of(took), Times::of(engine)))
}

/// The statements that began in this time, in the order of their starts. Its answer is sent before a statement is taken
/// apart, and only then its end is written down: the log is asked until it knows the end of each whose beginning it has.
async fn logged(clickhouse: &ClickHouse, within: Span) -> anyhow::Result<Vec<Span>> {
    let Span { start, end } = within;
    let statement = format!(
        "SELECT min(toUnixTimestamp64Micro(query_start_time_microseconds)) AS start, \
           maxIf(toUnixTimestamp64Micro(event_time_microseconds), type != 'QueryStart') AS end FROM system.query_log \
         WHERE current_database = currentDatabase() AND is_initial_query AND query LIKE '%project_id%' \
           AND toUnixTimestamp64Micro(query_start_time_microseconds) BETWEEN {start} AND {end} \
         GROUP BY query_id ORDER BY start"
    );
    let (last, mut looks) = (Instant::now() + LOGGED, interval(LOOK));
    loop {
        looks.tick().await;
        clickhouse.ask("SYSTEM FLUSH LOGS").await;
        let ran: Vec<Span> = clickhouse.rows(&statement).await;
        if ran.iter().all(|span| span.end > 0) {
            return Ok(ran);
        }
        ensure!(Instant::now() < last, "the engine's log has statements that never ended");
    }
}

/// Microseconds in which at least one of them ran; they are in the order of their starts.
fn busy(spans: &[&Span]) -> u64 {
    let (mut sum, mut until) = (0, 0);
    for span in spans {
        sum += span.end.saturating_sub(span.start.max(until));
        until = until.max(span.end);
    }
    sum
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_at_once_counts_once() {
        let spans = [(0, 10), (5, 8), (9, 12), (20, 21)].map(|(start, end)| Span { start, end });
        assert_eq!(busy(&spans.iter().collect::<Vec<_>>()), 13);
    }
}
