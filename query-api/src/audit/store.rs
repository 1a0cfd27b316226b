//! Runs statements: bounded in time, measured, and with errors reduced to what a client may know.
//! ClickHouse's own messages quote values, so only their code goes to the log.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use bataudit_store::StoreError;
use clickhouse::Client;
use clickhouse::error::Error;
use clickhouse::query::BytesCursor;
use tokio::sync::watch;

use super::statement::Statement;
use crate::error::{ApiError, ApiResult};
use crate::heard::Heard;
use crate::metrics;

/// How much longer than the query itself an answer may take.
const GRACE: Duration = Duration::from_secs(1);
/// How long ClickHouse may be silent in the middle of a long answer.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a query may still try when ClickHouse is known not to answer.
const LAST_CHANCE: Duration = Duration::from_millis(700);
/// Rows an answer may have at most; every statement asks for far fewer.
const MAX_ROWS: &str = "100000";

/// The event store, for reading.
#[derive(Debug, Clone)]
pub(crate) struct Events {
    client: Client,
    timeout: Duration,
    up: watch::Receiver<bool>,
    heard: Heard,
}

impl Events {
    /// A reader whose queries run for `timeout` at most. `up` says whether ClickHouse answers.
    pub(crate) fn new(client: Client, timeout: Duration, up: watch::Receiver<bool>) -> Self {
        let seconds = timeout.as_secs_f64().to_string();
        // Without waiting for the end, an error after the first rows comes with status 200.
        let client = client
            .with_setting("wait_end_of_query", "1")
            .with_setting("max_execution_time", seconds)
            .with_setting("max_result_rows", MAX_ROWS);
        Self { client, timeout, up, heard: Heard::new() }
    }

    /// How long a query may be waited for.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout + GRACE
    }

    /// When ClickHouse last answered a query.
    pub(crate) fn heard(&self) -> Heard {
        self.heard.clone()
    }

    /// All rows of a statement.
    pub(crate) async fn all<R>(&self, statement: &Statement) -> ApiResult<Vec<R>>
    where
        R: clickhouse::RowOwned + clickhouse::RowRead,
    {
        let query = statement.query(&self.client).fetch_all::<R>();
        self.run(statement.name, async { Ok(query.await?) }).await
    }

    /// Statements that another crate makes: bounded, measured and reduced like our own.
    pub(crate) async fn run<T>(
        &self,
        name: &'static str,
        statements: impl Future<Output = Result<T, StoreError>>,
    ) -> ApiResult<T> {
        let started = Instant::now();
        let result = tokio::select! {
            answer = tokio::time::timeout(self.patience(), statements) => match answer {
                Ok(Ok(answer)) => {
                    self.heard.now();
                    Ok(answer)
                }
                Ok(Err(StoreError::ClickHouse(error))) => {
                    if matches!(error, Error::BadResponse(_)) {
                        self.heard.now();
                    }
                    Err(reduce(name, &error))
                }
                Ok(Err(StoreError::Timeout(_))) | Err(_) => Err(ApiError::QueryTimeout),
                // Of who writes, and who looks for the servers of a cluster.
                Ok(Err(StoreError::NoCluster(_) | StoreError::Elsewhere { .. })) => Err(ApiError::StoreUnavailable),
            },
            () = known_down(&self.up) => Err(ApiError::StoreUnavailable),
        };
        let label = result.as_ref().map_or_else(ApiError::code, |_| "ok");
        metrics::store_query(name, label, started.elapsed());
        result
    }

    /// The first row of a statement that is given up after `patience`, with [`ApiError::QueryTimeout`].
    pub(crate) async fn first_within<R>(
        &self,
        statement: &Statement,
        patience: Duration,
    ) -> ApiResult<Option<R>>
    where
        R: clickhouse::RowOwned + clickhouse::RowRead,
    {
        let seconds = patience.min(self.timeout).as_secs_f64().to_string();
        let query = statement.query(&self.client).with_setting("max_execution_time", seconds);
        let rows = self.run(statement.name, async { Ok(query.fetch_all::<R>().await?) }).await?;
        Ok(rows.into_iter().next())
    }

    /// The first row of a statement, if it has any.
    pub(crate) async fn first<R>(&self, statement: &Statement) -> ApiResult<Option<R>>
    where
        R: clickhouse::RowOwned + clickhouse::RowRead,
    {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// The answer of a statement in one of ClickHouse's formats, as bytes that come as they are read.
    pub(crate) fn stream(
        &self,
        statement: &Statement,
        format: &str,
        settings: &[(&str, &str)],
    ) -> ApiResult<Chunks> {
        let query = statement.query(&self.client);
        let query = settings.iter().fold(query, |query, (name, value)| query.with_setting(*name, *value));
        let name = statement.name;
        let cursor = query.fetch_bytes(format).map_err(|error| reduce(name, &error))?;
        Ok(Chunks { events: self.clone(), cursor, name })
    }
}

/// Ends a little after it is known that ClickHouse does not answer: nobody waits for a query's full time on
/// a server that is gone.
pub(crate) async fn known_down(up: &watch::Receiver<bool>) {
    let mut up = up.clone();
    if up.wait_for(|up| !up).await.is_err() {
        // Nobody watches; then nothing is known.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(LAST_CHANCE).await;
}

/// A long answer under way.
pub(crate) struct Chunks {
    events: Events,
    cursor: BytesCursor,
    name: &'static str,
}

impl Chunks {
    /// The next bytes; `None` at the end of a whole answer.
    pub(crate) async fn next(&mut self) -> ApiResult<Option<Bytes>> {
        tokio::select! {
            chunk = tokio::time::timeout(SILENCE, self.cursor.next()) => match chunk {
                Ok(Ok(chunk)) => {
                    self.events.heard.now();
                    Ok(chunk)
                }
                Ok(Err(error)) => Err(reduce(self.name, &error)),
                Err(_) => Err(ApiError::QueryTimeout),
            },
            () = known_down(&self.events.up) => Err(ApiError::StoreUnavailable),
        }
    }
}

/// What a failed query means for the client.
fn reduce(name: &'static str, error: &Error) -> ApiError {
    let code = if let Error::BadResponse(text) = error { exception_code(text) } else { None };
    let refusal = match (error, code) {
        // TIMEOUT_EXCEEDED, TOO_SLOW
        (_, Some(159 | 160)) | (Error::TimedOut, _) => ApiError::QueryTimeout,
        // TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED, QUOTA_EXCEEDED
        (_, Some(202 | 241 | 201)) => ApiError::StoreOverloaded,
        // UNKNOWN_TABLE, UNKNOWN_DATABASE: not migrated yet. USER_SESSION_LIMIT_EXCEEDED and failed
        // logins: the operator must act, the client can only wait.
        (_, Some(60 | 81 | 516 | 192 | 194 | 700)) | (Error::Network(_), _) => ApiError::StoreUnavailable,
        _ => ApiError::Internal,
    };
    let kind = match error {
        Error::Network(_) => "network",
        Error::BadResponse(_) => "refused",
        Error::TimedOut => "timeout",
        _ => "unreadable",
    };
    if matches!(refusal, ApiError::Internal) {
        tracing::error!(query = name, kind, code, "A ClickHouse query failed.");
    } else {
        tracing::warn!(query = name, kind, code, "A ClickHouse query was not answered.");
    }
    refusal
}

/// Whether a server that says this works, and has too much to do.
pub(crate) fn is_busy(error: &Error) -> bool {
    let code = if let Error::BadResponse(text) = error { exception_code(text) } else { None };
    matches!(code, Some(159 | 160 | 201 | 202 | 241))
}

/// The number in "Code: 159. DB::Exception: …".
fn exception_code(text: &str) -> Option<u32> {
    let after = text.split_once("Code: ")?.1;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_become_what_a_client_may_know() {
        let refused = |text: &str| reduce("test", &Error::BadResponse(text.to_owned())).code();
        assert_eq!(refused("Code: 159. DB::Exception: Timeout exceeded: 'secret'"), "query_timeout");
        assert_eq!(refused("Code: 241. DB::Exception: memory"), "store_overloaded");
        assert_eq!(refused("Code: 60. DB::Exception: Unknown table"), "store_unavailable");
        assert_eq!(refused("Code: 62. DB::Exception: Syntax error"), "internal");
        assert_eq!(refused("<html>"), "internal");
        assert_eq!(reduce("test", &Error::Network("gone".into())).code(), "store_unavailable");
    }
}
