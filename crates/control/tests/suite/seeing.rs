//! What people look for, and what they are shown of the line.

use bataudit_control::dead_letters::replays::{self, Fate, Selection};
use bataudit_control::dead_letters::{self, DeadLetter, Wanted};
use bataudit_control::pipeline::{self, Look, Partition};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::reconciliations::{self, By, Hour, Reconciliation};
use bataudit_control::users;
use bataudit_control::views::{self, Content, MOST};
use bataudit_control::{Error, Role, Store};

use super::{on_postgres, on_sqlite, user};

on_both!(
    views_are_their_authors_and_may_be_shared,
    hours_are_added_up_once_they_are_settled,
    what_kafka_said_last_stays_when_it_falls_silent,
    letters_are_taken_once_and_forgotten_with_their_topic,
    replays_are_carried_out_once,
);

async fn project(store: &Store, slug: &str) -> String {
    let new = NewProject { name: "P", slug, created_by: None };
    projects::create(store, new).await.unwrap().id
}

async fn views_are_their_authors_and_may_be_shared(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Admin).await;
    let eve = user(&store, "eve@x.y", Role::Admin).await;
    let project = project(&store, "p").await;
    let content = |name, shared| Content { name, search: "q=card&status_class=5xx", shared };
    let own = views::create(&store, &ada.id, Some(&project), content("b", false)).await.unwrap().unwrap();
    let shared = views::create(&store, &ada.id, Some(&project), content("c", true)).await.unwrap().unwrap();
    let wide = views::create(&store, &ada.id, None, content("a", false)).await.unwrap().unwrap();
    assert_eq!((wide.project_id.as_ref(), wide.user_name.as_str()), (None, "A User"));
    let names = async |user: &str| -> Vec<String> {
        views::for_user(&store, user).await.unwrap().into_iter().map(|view| view.name).collect()
    };
    assert_eq!(names(&ada.id).await, ["a", "b", "c"]);
    assert_eq!(names(&eve.id).await, ["c"]);

    let changed = views::replace(&store, &own, Content { search: "", ..content("d", true) }).await.unwrap();
    let changed = changed.unwrap();
    assert_eq!((changed.name.as_str(), changed.search.as_str(), changed.shared), ("d", "", true));
    assert_eq!((changed.created_at, names(&eve.id).await.len()), (own.created_at, 2));
    views::remove(&store, &shared).await.unwrap();
    let again = views::remove(&store, &shared).await;
    assert!(matches!(again, Err(Error::NotFound { what: "view" })), "{again:?}");
    assert!(views::replace(&store, &shared, content("x", false)).await.unwrap().is_none());
    let nowhere = views::create(&store, &ada.id, Some("nowhere"), content("x", false)).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");

    for _ in 0..MOST - 2 {
        assert!(views::create(&store, &ada.id, None, content("many", false)).await.unwrap().is_some());
    }
    assert_eq!(views::create(&store, &ada.id, None, content("more", false)).await.unwrap(), None);
    users::delete(&store, &ada.id).await.unwrap();
    assert_eq!(names(&eve.id).await, [""; 0]);
}

async fn hours_are_added_up_once_they_are_settled(store: Store) {
    const HOUR: i64 = 3_600_000;
    let of = |hour: i64, project: &str, accepted: i64| Hour {
        hour: hour * HOUR,
        project_id: project.to_owned(),
        accepted,
        stored: accepted - 1,
        differing: 1,
        ..Hour::default()
    };
    let range =
        |from_ms, waiting| Reconciliation { from_ms, to_ms: from_ms + 9, waiting, ..Default::default() };
    let put = async |range: &Reconciliation, hours: &[Hour]| {
        reconciliations::put(&store, range, hours).await.unwrap();
    };
    put(&range(0, 5), &[of(0, "a", 3)]).await;
    let all = async |by| reconciliations::hours(&store, None, 0, 9 * HOUR, by).await.unwrap();
    assert_eq!(all(By::Hour).await, [], "some of it still waits");
    put(&range(0, 0), &[of(0, "a", 10), of(0, "b", 20)]).await;
    put(&range(0, 0), &[of(0, "a", 10), of(0, "b", 20)]).await;
    put(&range(9, 0), &[of(0, "a", 100), of(1, "a", 7)]).await;
    let seen = |hours: Vec<Hour>| -> Vec<(i64, String, i64, i64)> {
        hours
            .into_iter()
            .map(|hour| (hour.hour / HOUR, hour.project_id, hour.accepted, hour.differing))
            .collect()
    };
    let none = String::new;
    assert_eq!(seen(all(By::Hour).await), [(0, none(), 130, 3), (1, none(), 7, 1)]);
    let by_project = [(0, "a".to_owned(), 117, 3), (0, "b".to_owned(), 20, 1)];
    assert_eq!(seen(all(By::Project).await), by_project);
    let some = async |projects: &[&str], from: i64| {
        let projects: Vec<_> = projects.iter().map(|project| (*project).to_owned()).collect();
        seen(reconciliations::hours(&store, Some(&projects), from, 9 * HOUR, By::Hour).await.unwrap())
    };
    assert_eq!(some(&["b", "c"], 0).await, [(0, none(), 20, 1)]);
    assert_eq!(some(&["a"], HOUR).await, [(1, none(), 7, 1)]);
    assert_eq!(some(&[], 0).await, []);
    assert_eq!(reconciliations::remove_before(&store, HOUR).await.unwrap(), 4);
    assert_eq!(seen(all(By::Project).await), [(0, "a".to_owned(), 7, 1)]);
}

async fn what_kafka_said_last_stays_when_it_falls_silent(store: Store) {
    assert_eq!(pipeline::look(&store).await.unwrap(), Look::default());
    pipeline::failed(&store, "no broker", 5).await.unwrap();
    let partition = |partition, committed| Partition {
        partition,
        first_offset: 10,
        end_offset: 30,
        committed,
        oldest_waiting_at: Some(7),
    };
    let seen = [partition(0, Some(25)), partition(1, None), partition(2, Some(3))];
    assert_eq!(seen.map(|one| one.waiting()), [5, 20, 20], "what was deleted waits no more");
    pipeline::saw(&store, &[partition(9, None)], 6).await.unwrap();
    pipeline::saw(&store, &seen, 7).await.unwrap();
    let answered = Look { answered_at: Some(7), ..Look::default() };
    assert_eq!(pipeline::look(&store).await.unwrap(), answered);
    pipeline::failed(&store, "no broker", 8).await.unwrap();
    pipeline::failed(&store, "still none", 9).await.unwrap();
    let problem = Some("still none".to_owned());
    assert_eq!(pipeline::look(&store).await.unwrap(), Look { failed_since: Some(8), problem, ..answered });
    assert_eq!(pipeline::partitions(&store).await.unwrap(), seen);
}

fn letter(project: &str, offset: i64) -> DeadLetter {
    DeadLetter {
        id: format!("1:0-{offset}"),
        project_id: Some(project.to_owned()),
        l_offset: offset,
        written_at: offset,
        reason: "unmaskable".to_owned(),
        events: 1,
        ..DeadLetter::default()
    }
}

async fn letters_are_taken_once_and_forgotten_with_their_topic(store: Store) {
    assert_eq!(dead_letters::copied(&store).await.unwrap(), []);
    let letters = [letter("a", 1), letter("a", 2), letter("b", 3)];
    dead_letters::take(&store, &letters, &[(0, 4)]).await.unwrap();
    dead_letters::take(&store, &letters, &[(0, 4), (1, 7)]).await.unwrap();
    let mut copied = dead_letters::copied(&store).await.unwrap();
    copied.sort_unstable();
    assert_eq!(copied, [(0, 4), (1, 7)]);
    let page = async |wanted: &Wanted<'_>, after| -> Vec<i64> {
        let page = dead_letters::page(&store, wanted, after, 9).await.unwrap();
        page.into_iter().map(|letter| letter.l_offset).collect()
    };
    let all = Wanted::default();
    assert_eq!(page(&all, None).await, [3, 2, 1]);
    assert_eq!(page(&all, Some((2, "1:0-2"))).await, [1]);
    assert_eq!(page(&Wanted { project_id: Some("a"), to_ms: Some(1), ..all }, None).await, [1]);
    assert_eq!(page(&Wanted { reason: Some("other"), ..all }, None).await, [0_i64; 0]);
    assert_eq!(dead_letters::reasons(&store, &all).await.unwrap(), [("unmaskable".to_owned(), 3)]);

    // Sent once more after a crash: the same place.
    let again = DeadLetter { l_offset: 9, written_at: 9, ..letter("a", 1) };
    dead_letters::take(&store, std::slice::from_ref(&again), &[(0, 10)]).await.unwrap();
    assert_eq!(page(&all, None).await, [9, 3, 2]);
    assert_eq!(dead_letters::forget(&store, &[(0, 3)]).await.unwrap(), 1);
    assert_eq!(page(&all, None).await, [9, 3]);
    assert_eq!(dead_letters::find(&store, "1:0-1").await.unwrap(), Some(again));
}

async fn replays_are_carried_out_once(store: Store) {
    let project = project(&store, "p").await;
    let letters = [letter(&project, 1), letter(&project, 2), letter("other", 3)];
    dead_letters::take(&store, &letters, &[]).await.unwrap();
    let selection = Selection { to_ms: 5, ..Selection::default() };
    let asked = replays::ask(&store, Some(&project), "Ada", &selection).await.unwrap().unwrap();
    let named = Selection { ids: vec!["1:0-2".to_owned(), "1:0-3".to_owned()], ..selection.clone() };
    let second = replays::ask(&store, Some(&project), "Ada", &named).await.unwrap().unwrap();

    let first = replays::next(&store).await.unwrap().unwrap();
    assert_eq!((first.id.as_str(), first.state.as_str()), (asked.id.as_str(), "running"));
    let rest = async |replay| -> Vec<String> {
        replays::rest(&store, replay, 9).await.unwrap().into_iter().map(|letter| letter.id).collect()
    };
    assert_eq!(rest(&first).await, ["1:0-1", "1:0-2"]);
    let fate = |id: &str, lost: Option<&str>| Fate {
        id: id.to_owned(),
        events: i64::from(lost.is_none()),
        lost: lost.map(str::to_owned),
    };
    replays::note(&store, &first.id, &[fate("1:0-1", None)], 7).await.unwrap();
    assert_eq!(rest(&first).await, ["1:0-2"], "what is done is not done again");
    replays::stuck(&store, &first.id, "no broker").await.unwrap();
    let again = replays::next(&store).await.unwrap().unwrap();
    assert_eq!((again.id.as_str(), again.problem.as_deref()), (first.id.as_str(), Some("no broker")));
    replays::note(&store, &first.id, &[fate("1:0-2", Some("deleted"))], 8).await.unwrap();
    replays::finish(&store, &first.id, 9).await.unwrap();
    let done = replays::find(&store, &first.id).await.unwrap().unwrap();
    let counts = (done.letters, done.events, done.lost, done.problem.clone(), done.ended_at);
    assert_eq!((done.state.as_str(), counts), ("done", (2, 1, 1, None, Some(9))));
    let lost = dead_letters::find(&store, "1:0-2").await.unwrap().unwrap();
    assert_eq!((lost.outcome.as_deref(), lost.replayed_at), (Some("deleted"), Some(8)));

    let next = replays::next(&store).await.unwrap().unwrap();
    assert_eq!(next.id, second.id);
    assert_eq!(rest(&next).await, ["1:0-2"], "not of another project, whoever names it");
    replays::finish(&store, &next.id, 9).await.unwrap();
    assert_eq!(replays::next(&store).await.unwrap(), None);
    assert_eq!(replays::list(&store, Some(&project)).await.unwrap().len(), 2);
    let nowhere = replays::ask(&store, Some("nowhere"), "Ada", &selection).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
    for _ in 0..20 {
        assert!(replays::ask(&store, Some(&project), "Ada", &selection).await.unwrap().is_some());
    }
    assert_eq!(replays::ask(&store, Some(&project), "Ada", &selection).await.unwrap(), None);
}
