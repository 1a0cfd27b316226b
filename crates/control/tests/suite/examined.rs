//! What an operator learns of the store without changing it.

use bataudit_control::clock::now_ms;
use bataudit_control::keys;
use bataudit_control::survey::{active_keys, clock_ms, ending_keys, oldest_unpublished};
use bataudit_control::{Actor, Store};

use super::{key, on_postgres, on_sqlite};
use bataudit_control::keys::NewKey;
use bataudit_control::projects::{self, NewProject};

on_both!(a_store_tells_how_it_is);

async fn a_store_tells_how_it_is(store: Store) {
    assert!(store.missing_migrations().await.unwrap().is_empty());
    let before = now_ms();
    let there = clock_ms(&store).await.unwrap();
    assert!(there.is_none_or(|there| (before - 60_000..now_ms() + 60_000).contains(&there)), "{there:?}");

    let new = NewProject { name: "P", slug: "p", created_by: None };
    let project = projects::create(&store, new).await.unwrap();
    assert_eq!(oldest_unpublished(&store).await.unwrap(), None, "nobody did it");
    let now = now_ms();
    let until = |name, expires_at| NewKey { expires_at: Some(expires_at), ..key(&project.id, name) };
    keys::create(&store, key(&project.id, "for ever")).await.unwrap();
    let (soon, _) = keys::create(&store, until("soon", now + 50_000)).await.unwrap();
    keys::create(&store, until("later", now + 500_000)).await.unwrap();
    let (rotated, _) = keys::create(&store, until("rotated", now + 40_000)).await.unwrap();
    keys::rotate(&store.acting(Actor::default()), &rotated.id, 10_000, None, now).await.unwrap();
    let ending = ending_keys(&store, now, now + 100_000).await.unwrap();
    let ids: Vec<_> = ending.iter().filter(|key| key.name == "soon").map(|key| key.id.clone()).collect();
    assert_eq!(ids, [soon.id]);
    assert!(ending.iter().all(|key| key.id != rotated.id), "its end is meant");
    assert!(active_keys(&store, now).await.unwrap() >= 4);
    assert!(oldest_unpublished(&store).await.unwrap().is_some_and(|at| at >= before));
}
