use super::*;

#[test]
fn a_plan_has_the_faults_and_is_the_same_for_a_seed() {
    let rounds = plan(1000, 7);
    let faults: usize = rounds.iter().map(|round| round.faults.len()).sum();
    assert_eq!(faults, 1000);
    assert_eq!(plan(1000, 7), rounds);
    assert_ne!(plan(1000, 8), rounds);
    for kind in catalogue::all() {
        assert!(rounds.iter().any(|round| round.name == kind.name), "{} is never alone", kind.name);
    }
    assert!(rounds.iter().any(|round| round.name == MIXED));
}

#[test]
fn a_kind_alone_sees_the_rounds_it_has_in_the_plan() {
    let kind = catalogue::all()[0];
    let planned: Vec<_> = plan(1000, 7).into_iter().filter(|round| round.name == kind.name).collect();
    let times = planned.iter().map(|round| round.faults.len()).sum();
    assert_eq!(only(kind, times, 7), planned);
}
