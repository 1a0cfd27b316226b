//! Screens of the wallboard: a code works once and soon, a token until it is revoked.

use bataudit_control::outbox;
use bataudit_control::projects::{self, NewProject};
use bataudit_control::screens::{self, CODE_MS, LIFETIME_MS};
use bataudit_control::{Actor, Error, Store};

use super::{on_postgres, on_sqlite};

on_both!(
    a_code_works_once_and_soon,
    a_screen_lives_while_it_is_used,
    screens_are_counted_and_end_with_their_project
);

async fn project(store: &Store) -> String {
    projects::create(store, NewProject { name: "Shop", slug: "shop", created_by: None }).await.unwrap().id
}

async fn a_code_works_once_and_soon(store: Store) {
    let project = project(&store).await;
    let store = store.acting(Actor::default());
    let (made, code) = screens::create(&store, Some(&project), "Hall", None, 0).await.unwrap();
    assert!(screens::active(&store, &made.id, 1).await.unwrap().is_none(), "not activated");
    for wrong in ["BAT-00000000", "", &format!("{}0", code.expose())] {
        assert!(screens::activate(&store, wrong, 1).await.unwrap().is_none());
    }
    assert!(screens::activate(&store, code.expose(), CODE_MS).await.unwrap().is_none(), "too late");
    // Two who try at once: one of them gets in.
    let (first, second) = tokio::join!(
        screens::activate(&store, code.expose(), 1),
        screens::activate(&store, code.expose(), 1)
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first.is_some() != second.is_some());
    let (screen, token) = first.or(second).unwrap();
    assert_eq!(
        (screen.id.as_str(), screen.activated_at, screen.expires_at),
        (made.id.as_str(), Some(1), 1 + LIFETIME_MS)
    );
    assert!(screens::refresh(&store, code.expose(), 2).await.unwrap().is_none(), "a code is no token");
    assert!(screens::refresh(&store, token.expose(), 2).await.unwrap().is_some());
    assert!(screens::active(&store, &made.id, 2).await.unwrap().is_some());
    let acts = outbox::oldest(&store, 9).await.unwrap();
    let acts: Vec<_> = acts.iter().map(|waiting| waiting.entry.verb.as_str()).collect();
    assert_eq!(acts, ["CREATE", "ACTIVATE"]);
}

async fn a_screen_lives_while_it_is_used(store: Store) {
    let (_, code) = screens::create(&store, None, "Hall", None, 0).await.unwrap();
    let (screen, token) = screens::activate(&store, code.expose(), 0).await.unwrap().unwrap();
    let later = LIFETIME_MS - 1;
    let used = screens::refresh(&store, token.expose(), later).await.unwrap().unwrap();
    assert_eq!((used.expires_at, used.last_used_at), (later + LIFETIME_MS, Some(later)));
    assert!(screens::active(&store, &screen.id, LIFETIME_MS + 5).await.unwrap().is_some());
    assert!(
        screens::refresh(&store, token.expose(), later + LIFETIME_MS).await.unwrap().is_none(),
        "too late"
    );
    assert!(screens::revoke(&store, &screen).await.unwrap());
    assert!(!screens::revoke(&store, &screen).await.unwrap());
    assert!(screens::active(&store, &screen.id, 1).await.unwrap().is_none());
    assert!(screens::refresh(&store, token.expose(), 1).await.unwrap().is_none());
}

async fn screens_are_counted_and_end_with_their_project(store: Store) {
    let project = project(&store).await;
    for n in 0..screens::MOST {
        screens::create(&store, Some(&project), "Hall", None, n).await.unwrap();
    }
    let full = screens::create(&store, Some(&project), "Hall", None, 0).await;
    assert!(matches!(full, Err(Error::Invalid { .. })));
    let (all, _) = screens::create(&store, None, "All", None, 0).await.unwrap();
    let nowhere = screens::create(&store, Some("nowhere"), "Hall", None, 0).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })));
    assert_eq!(screens::list(&store, None, 1).await.unwrap().len(), 51);
    let own = [project];
    let of_project = screens::list(&store, Some(&own), 1).await.unwrap();
    assert!(of_project.len() == 50 && !of_project.contains(&all));
    assert_eq!(screens::remove_expired(&store, i64::MAX).await.unwrap(), 51);
}
