//! `/v1/anomaly`: rules of projects, tried before they are trusted, and the incidents they found. What a rule
//! means is the anomaly crate's, which sentinel evaluates by too.

pub(crate) mod curve;
pub(crate) mod dry_run;
pub(crate) mod incidents;
mod input;
pub(crate) mod rules;
