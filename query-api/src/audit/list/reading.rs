//! A page of events, read from windows that widen until it is full.

use super::super::range::Range;
use super::super::row::SummaryRow;
use super::super::statement::events::{self as statement, Slice};
use super::super::store::Events;
use super::super::window::{FIRST_MS, wider};
use super::wanted::Wanted;
use crate::auth::Scope;
use crate::error::ApiResult;

/// A page while it is read. What one window held, the next leaves out, unless events were skipped in it: how many is not
/// known.
pub(super) struct Reading<'a> {
    events: &'a Events,
    scope: &'a Scope,
    wanted: &'a Wanted,
    rows: Vec<SummaryRow>,
    /// The last window, where its rows are kept.
    read: Option<Range>,
    /// Of the next window, in milliseconds.
    width: i64,
    complete: bool,
}

impl<'a> Reading<'a> {
    /// Nothing is read yet.
    pub(super) fn new(events: &'a Events, scope: &'a Scope, wanted: &'a Wanted) -> Self {
        Self { events, scope, wanted, rows: Vec::new(), read: None, width: FIRST_MS, complete: false }
    }

    /// How many events fill the page, and how many come before it.
    fn sought(&self) -> (usize, usize) {
        let slice = self.wanted.slice();
        let [full, skipped] = [slice.limit, slice.offset].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        (full, skipped)
    }

    /// Reads one window.
    pub(super) async fn step(&mut self) -> ApiResult<()> {
        let (slice, window) = (self.wanted.slice(), self.wanted.window(self.width));
        let (full, skipped) = self.sought();
        let rest = Slice { limit: slice.limit - self.rows.len() as u64, ..slice };
        let unread = self.wanted.unread(window, self.read);
        let statement = statement::page(self.scope, unread, &self.wanted.filter, &rest);
        self.rows.extend(self.events.all::<SummaryRow>(&statement).await?);
        if self.rows.len() >= full || window == self.wanted.whole() {
            self.complete = true;
            return Ok(());
        }
        let found = if self.rows.is_empty() { 0 } else { skipped.saturating_add(self.rows.len()) };
        self.width = wider(self.width, found, full.saturating_add(skipped));
        if slice.offset == 0 {
            self.read = Some(window);
        } else {
            self.rows.clear();
        }
        Ok(())
    }

    /// Whether there is nothing more to read.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether the page will be full, as if what was found so far went on like that.
    pub(super) fn seems_full(&self) -> bool {
        let (full, skipped) = self.sought();
        let (whole, Some(read)) = (self.wanted.whole(), self.read) else { return false };
        let found = self.rows.len() as i128 * i128::from(whole.end - whole.start);
        found >= (full.saturating_add(skipped)) as i128 * i128::from((read.end - read.start).max(1))
    }

    /// Takes into account how many events match in all: without enough of them the next window is the last.
    pub(super) fn expect(&mut self, total: u64) {
        let (full, skipped) = self.sought();
        self.width = self.width.max(self.wanted.reach(full.saturating_add(skipped), total));
    }

    /// Reads until the page is full or nothing is left.
    pub(super) async fn finish(mut self) -> ApiResult<Vec<SummaryRow>> {
        while !self.complete {
            self.step().await?;
        }
        Ok(self.rows)
    }
}
