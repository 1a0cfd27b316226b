//! What is kept of events: days, holds and erasures.

use bataudit_control::erasures::{self, NewErasure};
use bataudit_control::holds::{self, Filter, NewHold};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::retention::{self, Days};
use bataudit_control::{Error, Store};

use super::{on_postgres, on_sqlite};

on_both!(
    days_are_set_for_each_project,
    holds_are_in_force_until_they_are_released,
    erasures_forget_whom_they_are_about
);

async fn project(store: &Store, slug: &str) -> String {
    projects::create(store, NewProject { name: slug, slug, created_by: None }).await.unwrap().id
}

async fn days_are_set_for_each_project(store: Store) {
    let (a, b) = (project(&store, "a").await, project(&store, "b").await);
    assert_eq!(retention::of_project(&store, &a).await.unwrap(), Days::default());
    let days = Days { raw_days: Some(7), hourly_days: None, daily_days: Some(400) };
    for days in [Days::default(), days] {
        retention::set(&store, &a, days).await.unwrap();
    }
    assert_eq!(retention::of_project(&store, &a).await.unwrap(), days);
    assert_eq!(retention::of_project(&store, &b).await.unwrap(), Days::default());
    assert_eq!(retention::all(&store).await.unwrap(), [(a, days)]);
    assert_eq!(retention::of_installation(&store).await.unwrap(), None);
    for raw in [30, 7] {
        retention::set_of_installation(&store, raw, 365).await.unwrap();
        let told = Days { raw_days: Some(raw), hourly_days: Some(365), daily_days: None };
        assert_eq!(retention::of_installation(&store).await.unwrap(), Some(told));
    }
    let nowhere = retention::set(&store, "nowhere", days).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
}

async fn holds_are_in_force_until_they_are_released(store: Store) {
    let (a, b) = (project(&store, "a").await, project(&store, "b").await);
    let filter = Filter { identifier: Some("ada".to_owned()), ..Filter::default() };
    let new = NewHold {
        project_id: &a,
        name: "case",
        reason: "court",
        filter: &filter,
        from_ms: Some(5),
        to_ms: None,
        created_by: "me@x.y",
    };
    let hold = holds::create(&store, new).await.unwrap();
    assert_eq!(holds::in_force(&store).await.unwrap(), std::slice::from_ref(&hold));
    assert_eq!(holds::of_project(&store, &a).await.unwrap(), std::slice::from_ref(&hold));
    let foreign = holds::release(&store, &b, &hold.id, "me@x.y").await;
    assert!(matches!(foreign, Err(Error::NotFound { .. })), "{foreign:?}");
    let released = holds::release(&store, &a, &hold.id, "you@x.y").await.unwrap();
    assert_eq!(released.released_by.as_deref(), Some("you@x.y"));
    assert_eq!(holds::release(&store, &a, &hold.id, "me@x.y").await.unwrap(), released);
    assert_eq!(holds::in_force(&store).await.unwrap(), []);
    for _ in 0..holds::MOST {
        holds::create(&store, new).await.unwrap();
    }
    let one_more = holds::create(&store, new).await;
    assert!(matches!(one_more, Err(Error::Invalid { .. })), "{one_more:?}");
    let nowhere = holds::create(&store, NewHold { project_id: "nowhere", ..new }).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
}

async fn erasures_forget_whom_they_are_about(store: Store) {
    let (a, b) = (project(&store, "a").await, project(&store, "b").await);
    let new = NewErasure {
        project_id: &a,
        field: "identifier",
        subject: "ada",
        reason: "request",
        requested_by: "me@x.y",
    };
    let job = erasures::create(&store, new).await.unwrap();
    assert_eq!((job.subject.as_deref(), job.status.as_str()), (Some("ada"), "pending"));
    assert_eq!(erasures::next(&store).await.unwrap(), Some(job.clone()));
    assert_eq!(erasures::start(&store, &job.id, 7).await.unwrap(), 7);
    assert_eq!(erasures::start(&store, &job.id, 9).await.unwrap(), 7, "done again up to the same time");
    assert_eq!(erasures::find(&store, &b, &job.id).await.unwrap(), None);
    erasures::finish(&store, &job.id, 11, "{}").await.unwrap();
    let done = erasures::find(&store, &a, &job.id).await.unwrap().unwrap();
    assert_eq!((done.subject, done.certificate.as_deref(), done.finished_at), (None, Some("{}"), Some(11)));
    assert_eq!(done.subject_hash, erasures::subject_hash(&a, "identifier", "ada"));
    assert_eq!(erasures::next(&store).await.unwrap(), None);
    assert_eq!(erasures::of_project(&store, &a).await.unwrap().len(), 1);
}
