//! The outbox: what is done on somebody's behalf is written down with it, or neither happens.

use bataudit_control::invites::{self, NewInvite};
use bataudit_control::keys;
use bataudit_control::outbox::{self, Act, Entry};
use bataudit_control::personal_tokens::{self, NewToken, TokenScope};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::users;
use bataudit_control::{Actor, Role, Store, members, password_resets, sessions};
use serde_json::json;

use super::{key, on_postgres, on_sqlite, user};

on_both!(
    changes_of_a_person_are_written_down,
    what_failed_was_not_done,
    nobodys_changes_are_not_written_down,
    entries_leave_when_they_are_published,
);

async fn written(store: &Store) -> Vec<Entry> {
    outbox::oldest(store, 100).await.unwrap().into_iter().map(|waiting| waiting.entry).collect()
}

async fn acting(store: &Store) -> (Store, Actor) {
    let ada = user(store, "ada@x.y", Role::Owner).await;
    let actor = Actor {
        user: Some(ada),
        credential: "session-1".to_owned(),
        address: "192.0.2.1".to_owned(),
        user_agent: "curl".to_owned(),
        request_id: "bat-1".to_owned(),
    };
    (store.acting(actor.clone()), actor)
}

async fn changes_of_a_person_are_written_down(store: Store) {
    let (store, actor) = acting(&store).await;
    let ada = actor.user.unwrap();
    let eve = user(&store, "eve@x.y", Role::Viewer).await;
    users::set_role(&store, &eve.id, Role::Admin).await.unwrap();
    let new = NewProject { name: "Shop", slug: "shop", created_by: Some(&ada.id) };
    let project = projects::create(&store, new).await.unwrap();
    members::add(&store, &project.id, &eve.id, Role::Viewer).await.unwrap();
    let (key, text) = keys::create(&store, key(&project.id, "k")).await.unwrap();
    keys::rotate(&store, &key.id, 1_000, None, 0).await.unwrap();
    keys::revoke(&store, &key.id).await.unwrap();
    keys::revoke(&store, &key.id).await.unwrap();
    let new = NewInvite { email: "bob@x.y", role: Role::Viewer, created_by: None };
    let (_, invite) = invites::create(&store, new, 0).await.unwrap();
    invites::accept(&store, invite.expose(), "Bob", "a long password", 1).await.unwrap();
    let (link, _) = password_resets::create(&store, &eve.id, None, 0).await.unwrap();
    password_resets::redeem(&store, link.expose(), "another password", 1).await.unwrap();
    let scopes = [TokenScope::Read];
    let new = NewToken { user_id: &eve.id, name: "t", scopes: &scopes, expires_at: None };
    let (token, secret) = personal_tokens::create(&store, new, 0).await.unwrap();
    personal_tokens::note_use(&store, &token, 1).await.unwrap();
    let session = sessions::create(&store, &eve, 0, 10).await.unwrap();
    assert_eq!((session.address.as_str(), session.user_agent.as_str()), ("192.0.2.1", "curl"));
    sessions::revoke(&store, &session.id, 5).await.unwrap();
    users::delete(&store, &eve.id).await.unwrap();

    let entries = written(&store).await;
    let verbs: Vec<_> = entries.iter().map(|entry| entry.verb.as_str()).collect();
    assert_eq!(
        verbs,
        [
            "CREATE", "CHANGE", "CREATE", "CREATE", "CREATE", "ROTATE", "REVOKE", "CREATE", "ACCEPT",
            "CREATE", "RESET", "CREATE", "USE", "LOGIN", "LOGOUT", "DELETE"
        ]
    );
    let change = &entries[1];
    assert_eq!(change.object, format!("/users/{}/role", eve.id));
    assert_eq!(change.details, json!({"email": "eve@x.y", "from": "viewer", "to": "admin"}));
    assert_eq!((change.user_id.as_str(), change.user_role.as_str()), (ada.id.as_str(), "owner"));
    assert_eq!((change.address.as_str(), change.request_id.as_str()), ("192.0.2.1", "bat-1"));
    assert_eq!(entries[4].project_id.as_ref(), Some(&project.id));
    assert_eq!(entries[8].user_email, "bob@x.y", "who accepts an invite acts as who they become");
    assert_eq!((entries[10].user_email.as_str(), entries[13].user_email.as_str()), ("eve@x.y", "eve@x.y"));
    let all = serde_json::to_string(&entries).unwrap();
    for secret in [text, invite, link, secret] {
        assert!(!all.contains(secret.expose()), "no secret is written down");
    }
}

async fn what_failed_was_not_done(store: Store) {
    let (store, _) = acting(&store).await;
    let new = NewProject { name: "Shop", slug: "shop", created_by: None };
    projects::create(&store, new).await.unwrap();
    projects::create(&store, new).await.unwrap_err();
    users::delete(&store, "nobody").await.unwrap_err();
    members::add(&store, "nowhere", "nobody", Role::Viewer).await.unwrap_err();
    assert_eq!(written(&store).await.len(), 1);
}

async fn nobodys_changes_are_not_written_down(store: Store) {
    let new = NewProject { name: "Shop", slug: "shop", created_by: None };
    projects::create(&store, new).await.unwrap();
    outbox::record(&store, Act::done("EXPORT", "/events".to_owned())).await.unwrap();
    assert_eq!(written(&store).await, []);
}

async fn entries_leave_when_they_are_published(store: Store) {
    let (store, _) = acting(&store).await;
    for n in 0..5 {
        let act = Act::done("EXPORT", format!("/events/{n}")).with(json!({"rows": n}));
        outbox::record(&store, act).await.unwrap();
    }
    let two = outbox::oldest(&store, 2).await.unwrap();
    assert_eq!(
        two.iter().map(|waiting| waiting.entry.object.as_str()).collect::<Vec<_>>(),
        ["/events/0", "/events/1"]
    );
    outbox::remove(&store, &two).await.unwrap();
    outbox::remove(&store, &two).await.unwrap();
    assert_eq!(written(&store).await.len(), 3);
}
