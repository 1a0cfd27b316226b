//! Reading events: `filter → statement → page`. Enters a caller and a query string, leaves JSON.
//! Everything here reads ClickHouse and nothing writes it; the control store is not known.

pub(crate) mod affected;
pub(crate) mod cursor;
pub(crate) mod detail;
pub(crate) mod export;
pub(crate) mod facets;
pub(crate) mod filter;
pub(crate) mod history;
pub(crate) mod insights;
pub(crate) mod list;
pub(crate) mod live;
pub(crate) mod orphans;
mod people;
pub(crate) mod range;
pub(crate) mod row;
pub(crate) mod seen;
pub(crate) mod sessions;
pub(crate) mod statement;
pub(crate) mod stats;
pub(crate) mod store;
pub(crate) mod stream;
pub(crate) mod tops;
pub(crate) mod total;
mod window;
