//! The whole protocol against a world in memory that may end at any step: every event exactly once,
//! in the table or among the dead letters, and counted once by the rollups.

use std::collections::BTreeSet;

use bataudit_event::Event;
use proptest::prelude::*;

use super::tests::{Bench, packed};
use super::*;
use crate::doubles::{Fault, World};
use crate::intent::{Mark, Reading};
use crate::recover::Origin;

/// A record: how many events, or none that can be read; and whether the partition is drained after it.
type Plan = (Option<u8>, bool);

fn records(plans: &[Plan]) -> Vec<Record> {
    let plans = plans.iter().zip(0_u8..);
    let records = plans.map(|((events, _), at)| match events {
        None => Record { offset: i64::from(at), announced: 1, value: Some(vec![0]), ..packed(0, &[]) },
        Some(count) => {
            let id = |n: u8| {
                std::array::from_fn(
                    |byte| if byte == 0 { n } else { at.wrapping_mul(31) ^ n << 3 ^ byte as u8 },
                )
            };
            let events: Vec<_> =
                (0..*count).map(|n| Event { id: id(n), path: "/a", ..Event::default() }).collect();
            packed(i64::from(at), &events)
        }
    });
    records.collect()
}

/// Runs lanes, one after the other, until one gets to the end.
async fn settle(bench: &Bench, plans: &[Plan], deaths: &[(usize, Fault)], forgetful: bool) {
    let (records, world) = (records(plans), &bench.world);
    let mut deaths = deaths.iter();
    let mut at = None;
    for _ in 0..60 {
        if let Some((steps, fault)) = deaths.next() {
            world.fault_in(*steps, *fault);
        }
        let mut origin = world.origin(0, records.len() as i64);
        if let Some(at) = at.take() {
            origin = Origin { committed: Some(at), reading: Reading::Nothing, ..origin };
        }
        let first = origin.first();
        let running = bench.start_from(origin);
        for (record, (_, drained)) in records.iter().zip(plans).filter(|(record, _)| record.offset >= first) {
            running.give(record.clone());
            if *drained {
                running.drained();
            }
        }
        match running.end_unless(|| world.state().dead).await {
            Some(LaneEnd::Finished) => return,
            Some(LaneEnd::Resume(offset)) => at = Some(offset),
            Some(LaneEnd::Unsettled) => {}
            Some(end) => panic!("{end:?}"),
            None => {
                world.restart();
                if forgetful {
                    world.forget_tokens();
                }
            }
        }
    }
    panic!("never came to an end");
}

fn assert_once(world: &World, plans: &[Plan], forgetful: bool) {
    let state = world.state();
    let places: Vec<_> = state.rows.iter().map(|row| (row.offset, row.index)).collect();
    let distinct: BTreeSet<_> = places.iter().copied().collect();
    let expected: BTreeSet<_> = plans
        .iter()
        .zip(0_i64..)
        .flat_map(|((events, _), offset)| {
            (0..events.unwrap_or_default()).map(move |n| (offset, u16::from(n)))
        })
        .collect();
    assert_eq!(distinct, expected, "lost, or never there");
    assert_eq!(places.len(), distinct.len(), "twice");
    let letters: BTreeSet<_> = state.letters.iter().map(|letter| letter.offset).collect();
    let rejected: BTreeSet<_> =
        plans.iter().zip(0_i64..).filter(|((events, _), _)| events.is_none()).map(|(_, at)| at).collect();
    assert_eq!(letters, rejected);
    assert_eq!(state.committed, Some((plans.len() as i64, Mark::Settled)));
    if !forgetful {
        assert_eq!(state.counted.iter().map(|(_, rows)| rows).sum::<usize>(), expected.len(), "rollups");
        assert!(state.incidents.is_empty(), "{:?}", state.incidents);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_event_exactly_once_wherever_it_ends(
        plans in prop::collection::vec((prop::option::weighted(0.9, 0_u8..5), any::<bool>()), 1..20),
        deaths in prop::collection::vec(
            (1_usize..25, prop_oneof![4 => Just(Fault::Die), 1 => Just(Fault::Fail), 1 => Just(Fault::FailAfter)]),
            0..8,
        ),
        has_metadata in any::<bool>(),
        forgetful in prop::bool::weighted(0.2),
        rows in 1_usize..12,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut bench = Bench::new();
            bench.world.has_metadata = has_metadata;
            bench.limits.rows = rows;
            settle(&bench, &plans, &deaths, forgetful).await;
            assert_once(&bench.world, &plans, forgetful);
        });
    }
}
