//! What happened at the made-up company: events, from a seed and a moment. Pure: the same seed, size and moment give
//! the same events, whatever is asked first.
//!
//! `plan` says how many events each service has in each hour; `hour` makes the events of one hour, of which `script`
//! and `bodies` say what people do and `people` who they are; `turmoil` has what alarms somebody; `nasty` puts
//! hostile texts in place of harmless ones. Hours before the moment are the past; hours after it are the live stream.

mod bodies;
pub(crate) mod cast;
pub(crate) mod event;
mod hour;
mod nasty;
mod people;
pub(crate) mod plan;
mod script;
mod turmoil;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use cast::{PROJECTS, Project};
pub(crate) use event::DemoEvent;
pub(crate) use nasty::TEXT as NASTY_TEXT;
pub(crate) use plan::Plan;
