//! The body of an export: chunks of ClickHouse's answer pass through, counted and hashed. The end of the
//! body is the client's sign that the manifest is stored.

use std::io;

use axum::body::{Body, Bytes};
use bataudit_control::exports::{self, NewExport};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::super::store::Chunks;
use super::manifest::{Beginning, Ending};
use super::rows::Rows;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::metrics;

/// An export under way.
pub(super) struct Passing {
    app: App,
    beginning: Beginning,
    chunks: Chunks,
    rows: Rows,
    hash: Sha256,
    bytes: u64,
    _seat: OwnedSemaphorePermit,
}

impl Passing {
    /// The body. Waits for the first chunk, so that a query that cannot run is answered as an error.
    pub(super) async fn begin(
        app: App,
        beginning: Beginning,
        chunks: Chunks,
        seat: OwnedSemaphorePermit,
    ) -> ApiResult<Body> {
        let rows = Rows::new(beginning.format);
        let mut passing = Self { app, beginning, chunks, rows, hash: Sha256::new(), bytes: 0, _seat: seat };
        let first = passing.next().await?;
        // An answer without any bytes has ended already.
        let state = (first.is_some().then_some(passing), first);
        let stream = futures::stream::unfold(state, |(passing, ready)| async move {
            let mut passing = passing?;
            if let Some(chunk) = ready {
                return Some((Ok(chunk), (Some(passing), None)));
            }
            match passing.next().await {
                Ok(Some(chunk)) => Some((Ok(chunk), (Some(passing), None))),
                Ok(None) => None,
                // The connection breaks: the client must not take half a file for a whole one.
                Err(error) => Some((Err(io::Error::other(error.code())), (None, None))),
            }
        });
        Ok(Body::from_stream(stream))
    }

    /// The next chunk; at the end, stores the manifest first.
    async fn next(&mut self) -> ApiResult<Option<Bytes>> {
        let result = match self.chunks.next().await {
            Ok(Some(chunk)) => {
                self.rows.pass(&chunk);
                self.hash.update(&chunk);
                self.bytes += chunk.len() as u64;
                return Ok(Some(chunk));
            }
            Ok(None) => self.finish().await,
            Err(error) => Err(error),
        };
        metrics::export(result.as_ref().map_or_else(ApiError::code, |()| "ok"), self.bytes);
        result.map(|()| None)
    }

    async fn finish(&mut self) -> ApiResult<()> {
        let digest = self.hash.clone().finalize();
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let manifest = self.beginning.end(&Ending { rows: self.rows.total(), bytes: self.bytes, sha256 })?;
        let new = NewExport {
            id: &self.beginning.export_id,
            user_id: &self.beginning.exported_by.0,
            project_id: self.beginning.project_id.as_deref(),
            manifest: &manifest,
        };
        Ok(exports::create(&self.app.control, new).await?)
    }
}
