//! The short form of the fault injection: every quick kind of fault once, on one line, under a fixed
//! seed. `make chaos` is the long form.

use bataudit_e2e::chaos::{campaign, report};

/// Any number does; a fixed one makes a failure come again.
const SEED: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_doubled() {
    let outcomes = campaign::run("chaos_short", vec![campaign::short(SEED)], |outcome| {
        println!("{}", report::sentence(outcome));
    })
    .await;
    assert!(outcomes.iter().all(campaign::Outcome::is_clean), "{}", report::table(&outcomes));
    let missed = outcomes.iter().flat_map(|outcome| &outcome.verdict).map(|verdict| verdict.missed);
    assert_eq!(missed.sum::<u64>(), 0, "faults that did not come about: {}", report::table(&outcomes));
}
