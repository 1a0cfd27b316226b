//! Users, invites, reset links, personal tokens, sessions, members, rotation, the throttle.

use bataudit_control::identities::{self, Identity};
use bataudit_control::invites::{self, NewInvite};
use bataudit_control::keys::{self, NewKey};
use bataudit_control::personal_tokens::{self, NOTED_EVERY_MS, NewToken, TokenScope};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::throttle::{self, Attempt};
use bataudit_control::users::{self, NewUser, User};
use bataudit_control::{Actor, Error, Role, Store, members, outbox, password_resets, revision, sessions};
use bataudit_event::access::{KeyScope, Rate};

use super::{key, on_postgres, on_sqlite, user};

on_both!(
    roles_change_and_one_owner_stays,
    deleted_users_leave_what_they_made,
    owners_cannot_depose_each_other_at_once,
    hashes_of_the_original_are_upgraded_at_login,
    passwords_change_and_other_sessions_end,
    invites_are_for_one_account,
    of_two_who_accept_at_once_one_succeeds,
    reset_links_work_once,
    personal_tokens_end,
    sessions_are_listed_and_ended,
    members_change_roles,
    the_reserved_project_is_apart,
    rotated_keys_overlap,
    guesses_wait,
    guesses_at_once_do_not_slip_through,
    an_account_at_a_provider_is_one_user,
    an_archived_project_takes_nothing_and_comes_back,
);

async fn roles_change_and_one_owner_stays(store: Store) {
    let (ada, eve) =
        (user(&store, "ada@x.y", Role::Owner).await, user(&store, "eve@x.y", Role::Auditor).await);
    assert_eq!(users::by_id(&store, &eve.id).await.unwrap().unwrap().role, Role::Auditor);
    let roles: Vec<_> = users::all(&store).await.unwrap().into_iter().map(|user| user.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Auditor]);
    for refused in [users::set_role(&store, &ada.id, Role::Admin).await, users::delete(&store, &ada.id).await]
    {
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    }
    users::set_role(&store, &ada.id, Role::Owner).await.unwrap();
    users::set_role(&store, &eve.id, Role::Owner).await.unwrap();
    assert_eq!(users::by_id(&store, &eve.id).await.unwrap().unwrap().role, Role::Owner);
    users::set_role(&store, &ada.id, Role::Viewer).await.unwrap();
    users::delete(&store, &ada.id).await.unwrap();
    assert!(matches!(users::delete(&store, &ada.id).await, Err(Error::NotFound { .. })));
    let nobody = users::set_role(&store, "nobody", Role::Viewer).await;
    assert!(matches!(nobody, Err(Error::NotFound { what: "user" })), "{nobody:?}");
}

async fn owners_cannot_depose_each_other_at_once(store: Store) {
    let (ada, eve) = (user(&store, "ada@x.y", Role::Owner).await, user(&store, "eve@x.y", Role::Owner).await);
    let (one, two) = tokio::join!(
        users::set_role(&store, &ada.id, Role::Viewer),
        users::set_role(&store, &eve.id, Role::Viewer)
    );
    assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
    assert!(users::all(&store).await.unwrap().iter().any(|user| user.role == Role::Owner));
}

async fn deleted_users_leave_what_they_made(store: Store) {
    user(&store, "ada@x.y", Role::Owner).await;
    let eve = user(&store, "eve@x.y", Role::Admin).await;
    let new = NewProject { name: "p", slug: "p", created_by: Some(&eve.id) };
    let project = projects::create(&store, new).await.unwrap();
    let (key, _) =
        keys::create(&store, NewKey { created_by: Some(&eve.id), ..key(&project.id, "k") }).await.unwrap();
    let session = sessions::create(&store, &eve, 0, 10).await.unwrap();
    password_resets::create(&store, &eve.id, Some(&eve.id), 0).await.unwrap();
    users::delete(&store, &eve.id).await.unwrap();
    assert_eq!(projects::by_id(&store, &project.id).await.unwrap().unwrap().created_by, None);
    assert!(keys::by_id(&store, &key.id).await.unwrap().unwrap().is_active(0));
    assert_eq!(sessions::user(&store, &session.id, 1).await.unwrap(), None);
    assert_eq!(members::of_project(&store, &project.id).await.unwrap(), []);
}

async fn hashes_of_the_original_are_upgraded_at_login(store: Store) {
    // The original's cost 10, of "password of it".
    let hash = bcrypt::hash("password of it", 10).unwrap();
    let id = "6f9619ff-8b86-d011-b42d-00c04fc964ff".to_owned();
    let (email, name) = ("ada@x.y".to_owned(), "Ada".to_owned());
    let ada = User { id, email, name, role: Role::Admin, created_at: 5 };
    users::adopt(&store, &ada, &hash).await.unwrap();
    assert!(matches!(users::adopt(&store, &ada, "plain text").await, Err(Error::Invalid { .. })));
    assert!(matches!(users::adopt(&store, &ada, &hash).await, Err(Error::Conflict { .. })));
    assert_eq!(users::authenticate(&store, "ada@x.y", "password of").await.unwrap(), None);
    assert!(!users::has_todays_hash(&store, &ada.id).await.unwrap(), "a wrong password upgrades nothing");
    for _ in 0..2 {
        assert_eq!(
            users::authenticate(&store, "ada@x.y", "password of it").await.unwrap().as_ref(),
            Some(&ada)
        );
        assert!(users::has_todays_hash(&store, &ada.id).await.unwrap());
    }
}

async fn passwords_change_and_other_sessions_end(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Owner).await;
    let far = i64::MAX;
    let (own, other) = (
        sessions::create(&store, &ada, 0, far).await.unwrap(),
        sessions::create(&store, &ada, 0, far).await.unwrap(),
    );
    let change =
        async |present: &str, new: &str| users::change_password(&store, &ada.id, &own.id, present, new).await;
    assert!(!change("a wrong one", "another password").await.unwrap());
    assert!(matches!(change("password of it", "short").await, Err(Error::Invalid { .. })));
    assert!(sessions::user(&store, &other.id, 1).await.unwrap().is_some());
    assert!(change("password of it", "another password").await.unwrap());
    assert!(sessions::user(&store, &own.id, 1).await.unwrap().is_some());
    assert!(sessions::user(&store, &other.id, 1).await.unwrap().is_none());
    assert!(users::authenticate(&store, "ada@x.y", "password of it").await.unwrap().is_none());
    assert!(users::authenticate(&store, "ada@x.y", "another password").await.unwrap().is_some());
}

async fn invites_are_for_one_account(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Owner).await;
    let new = NewInvite { email: " Eve@X.y", role: Role::Auditor, created_by: Some(&ada.id) };
    let (invite, token) = invites::create(&store, new, 1_000).await.unwrap();
    assert_eq!((invite.email.as_str(), invite.expires_at), ("eve@x.y", 1_000 + invites::LIFETIME_MS));
    assert_eq!(invites::pending(&store, 1_000).await.unwrap(), std::slice::from_ref(&invite));
    assert_eq!(invites::find(&store, token.expose(), 1_000).await.unwrap(), invite);
    let over = invites::find(&store, token.expose(), invite.expires_at).await;
    assert!(matches!(over, Err(Error::Expired { what: "invite" })), "{over:?}");
    let short = invites::accept(&store, token.expose(), "Eve", "short", 2_000).await;
    assert!(matches!(short, Err(Error::Invalid { .. })), "{short:?}");
    let eve = invites::accept(&store, token.expose(), "Eve", "a long password", 2_000).await.unwrap();
    assert_eq!((eve.email.as_str(), eve.role), ("eve@x.y", Role::Auditor));
    let again = invites::accept(&store, token.expose(), "Eve", "a long password", 2_000).await;
    assert!(matches!(again, Err(Error::NotFound { what: "invite" })), "{again:?}");
    assert_eq!(invites::pending(&store, 2_000).await.unwrap(), []);

    assert!(matches!(invites::create(&store, new, 0).await, Err(Error::Conflict { .. })), "a user by now");
    for wrong in [NewInvite { role: Role::Owner, ..new }, NewInvite { email: "nobody", ..new }] {
        assert!(matches!(invites::create(&store, wrong, 0).await, Err(Error::Invalid { .. })));
    }
    let (other, token) = invites::create(&store, NewInvite { email: "bob@x.y", ..new }, 0).await.unwrap();
    invites::revoke(&store, &other.id).await.unwrap();
    assert!(matches!(invites::revoke(&store, &other.id).await, Err(Error::NotFound { .. })));
    assert!(matches!(invites::find(&store, token.expose(), 0).await, Err(Error::NotFound { .. })));
    assert_eq!(invites::remove_expired(&store, i64::MAX).await.unwrap(), 1);
}

async fn of_two_who_accept_at_once_one_succeeds(store: Store) {
    let new = NewInvite { email: "eve@x.y", role: Role::Viewer, created_by: None };
    let (_, token) = invites::create(&store, new, 0).await.unwrap();
    let accept = |name| invites::accept(&store, token.expose(), name, "a long password", 1);
    let (one, two) = tokio::join!(accept("One"), accept("Two"));
    assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
    assert_eq!(users::all(&store).await.unwrap(), [one.or(two).unwrap()]);
}

async fn reset_links_work_once(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Viewer).await;
    let session = sessions::create(&store, &ada, 0, i64::MAX).await.unwrap();
    let scopes = [TokenScope::Read];
    let new = NewToken { user_id: &ada.id, name: "t", scopes: &scopes, expires_at: None };
    let (_, text) = personal_tokens::create(&store, new, 0).await.unwrap();
    let (first, _) = password_resets::create(&store, &ada.id, None, 0).await.unwrap();
    let (link, ends) = password_resets::create(&store, &ada.id, None, 0).await.unwrap();
    let missing = |result: Result<User, Error>| matches!(result, Err(Error::NotFound { what: "reset link" }));
    assert!(missing(password_resets::redeem(&store, first.expose(), "a new password", 1).await));
    assert!(missing(password_resets::redeem(&store, link.expose(), "a new password", ends).await));
    let short = password_resets::redeem(&store, link.expose(), "short", 1).await;
    assert!(matches!(short, Err(Error::Invalid { .. })), "{short:?}");
    let redeem = |password| password_resets::redeem(&store, link.expose(), password, 1);
    let (one, two) = tokio::join!(redeem("one long password"), redeem("two long password"));
    assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
    let password = if one.is_ok() { "one long password" } else { "two long password" };
    assert!(users::authenticate(&store, "ada@x.y", password).await.unwrap().is_some());
    assert!(sessions::user(&store, &session.id, 1).await.unwrap().is_none());
    assert!(personal_tokens::find(&store, text.expose(), 1).await.unwrap().is_none());
    let nobody = password_resets::create(&store, "nobody", None, 0).await;
    assert!(matches!(nobody, Err(Error::NotFound { what: "user" })), "{nobody:?}");
}

async fn personal_tokens_end(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Admin).await;
    let scopes = [TokenScope::Query, TokenScope::Read, TokenScope::Read];
    let new = NewToken {
        user_id: &ada.id,
        name: " Grafana ",
        scopes: &scopes,
        expires_at: Some(NOTED_EVERY_MS * 3),
    };
    let (made, text) = personal_tokens::create(&store, new, 5).await.unwrap();
    assert!(text.expose().starts_with("bat_cli_"));
    assert_eq!(
        (made.name.as_str(), made.scopes.as_slice()),
        ("Grafana", &[TokenScope::Read, TokenScope::Query][..])
    );
    let (found, owner) = personal_tokens::find(&store, text.expose(), 6).await.unwrap().unwrap();
    assert_eq!((&found, &owner), (&made, &ada));
    for (wrong, now) in [("bat_cli_0", 6), ("", 6), (text.expose(), NOTED_EVERY_MS * 3)] {
        assert_eq!(personal_tokens::find(&store, wrong, now).await.unwrap(), None);
    }
    let last_used = async || personal_tokens::of_user(&store, &ada.id).await.unwrap()[0].last_used_at;
    personal_tokens::note_use(&store, &found, 10).await.unwrap();
    assert_eq!(last_used().await, Some(10));
    personal_tokens::note_use(&store, &found, 11).await.unwrap();
    assert_eq!(last_used().await, Some(10), "once in a while is enough");
    personal_tokens::note_use(&store, &found, 10 + NOTED_EVERY_MS).await.unwrap();
    assert_eq!(last_used().await, Some(10 + NOTED_EVERY_MS));
    let eve = user(&store, "eve@x.y", Role::Owner).await;
    assert!(matches!(
        personal_tokens::revoke(&store, &eve.id, &made.id, 7).await,
        Err(Error::NotFound { .. })
    ));
    assert!(personal_tokens::is_active(&store, &made.id, 7).await.unwrap());
    personal_tokens::revoke(&store, &ada.id, &made.id, 7).await.unwrap();
    assert!(!personal_tokens::is_active(&store, &made.id, 7).await.unwrap());
    assert_eq!(personal_tokens::find(&store, text.expose(), 7).await.unwrap(), None);
    assert_eq!(personal_tokens::of_user(&store, &ada.id).await.unwrap(), []);
    for wrong in [NewToken { scopes: &[], ..new }, NewToken { name: " ", ..new }] {
        assert!(matches!(personal_tokens::create(&store, wrong, 0).await, Err(Error::Invalid { .. })));
    }
}

async fn sessions_are_listed_and_ended(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Viewer).await;
    let mut open = Vec::new();
    for n in 1..=3 {
        open.push(sessions::create(&store, &ada, n, 100).await.unwrap());
    }
    let ids = async || {
        let found = sessions::of_user(&store, &ada.id, 10).await.unwrap();
        found.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(ids().await, [open[2].id.clone(), open[1].id.clone(), open[0].id.clone()]);
    assert_eq!(sessions::by_id(&store, &open[1].id, 10).await.unwrap().as_ref(), Some(&open[1]));
    sessions::revoke(&store, &open[1].id, 10).await.unwrap();
    assert_eq!(sessions::by_id(&store, &open[1].id, 10).await.unwrap(), None);
    assert_eq!(sessions::revoke_all(&store, &ada.id, &open[2].id, 10).await.unwrap(), 1);
    assert_eq!(ids().await, [open[2].id.clone()]);
    assert_eq!(sessions::of_user(&store, &ada.id, 100).await.unwrap(), []);
}

async fn members_change_roles(store: Store) {
    let (ada, eve) =
        (user(&store, "ada@x.y", Role::Admin).await, user(&store, "eve@x.y", Role::Viewer).await);
    let new = NewProject { name: "p", slug: "p", created_by: Some(&ada.id) };
    let project = projects::create(&store, new).await.unwrap();
    members::add(&store, &project.id, &eve.id, Role::Viewer).await.unwrap();
    members::set_role(&store, &project.id, &eve.id, Role::Admin).await.unwrap();
    let found = members::of_project(&store, &project.id).await.unwrap();
    let found: Vec<_> = found.iter().map(|member| (member.email.as_str(), member.role)).collect();
    assert_eq!(found.len(), 2);
    assert!(
        found.contains(&("ada@x.y", Role::Owner)) && found.contains(&("eve@x.y", Role::Admin)),
        "{found:?}"
    );
    let auditor = members::set_role(&store, &project.id, &eve.id, Role::Auditor).await;
    assert!(matches!(auditor, Err(Error::Invalid { .. })), "{auditor:?}");
    members::remove(&store, &project.id, &eve.id).await.unwrap();
    let gone = members::set_role(&store, &project.id, &eve.id, Role::Viewer).await;
    assert!(matches!(gone, Err(Error::NotFound { what: "member" })), "{gone:?}");
    projects::rename(&store, &project.id, " Shop ").await.unwrap();
    assert_eq!(projects::by_id(&store, &project.id).await.unwrap().unwrap().name, "Shop");
    assert!(matches!(projects::rename(&store, "none", "x").await, Err(Error::NotFound { .. })));
    assert!(matches!(projects::rename(&store, &project.id, " ").await, Err(Error::Invalid { .. })));
}

async fn the_reserved_project_is_apart(store: Store) {
    let reserved = projects::reserved(&store).await.unwrap().unwrap();
    assert!(projects::is_reserved(&reserved.id) && !projects::is_slug(&reserved.slug));
    assert_eq!(projects::all(&store).await.unwrap(), [], "no project of an application");
    let refused = keys::create(&store, key(&reserved.id, "k")).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}

async fn rotated_keys_overlap(store: Store) {
    let new = NewProject { name: "p", slug: "p", created_by: None };
    let project = projects::create(&store, new).await.unwrap();
    let rate = Some(Rate { per_second: 5, burst: 50 });
    let (old, _) = keys::create(&store, NewKey { rate, ..key(&project.id, "k") }).await.unwrap();
    let (next, text) = keys::rotate(&store, &old.id, 1_000, None, 10_000).await.unwrap();
    let retired = keys::by_id(&store, &old.id).await.unwrap().unwrap();
    assert_eq!((retired.expires_at, retired.replaced_by.as_ref()), (Some(11_000), Some(&next.id)));
    assert_eq!((next.name.as_str(), next.rate, next.expires_at), ("k", rate, None));
    let published = keys::all_active_for_publish(&store, 10_999).await.unwrap();
    assert_eq!(published.len(), 2, "both work meanwhile");
    assert!(published.iter().all(|key| key.rate == rate));
    let published = keys::all_active_for_publish(&store, 11_000).await.unwrap();
    assert_eq!(published.iter().map(|key| key.hash.clone()).collect::<Vec<_>>(), [keys::hash(text.expose())]);
    for wrong in [&old.id, "none"] {
        let again = keys::rotate(&store, wrong, 0, None, 10_000).await;
        assert!(matches!(again, Err(Error::Refused { .. } | Error::NotFound { .. })), "{again:?}");
    }
    let (last, _) = keys::rotate(&store, &next.id, 0, None, 20_000).await.unwrap();
    assert_eq!(keys::all_active_for_publish(&store, 20_000).await.unwrap().len(), 1, "at once, if asked");
    keys::revoke(&store, &last.id).await.unwrap();
    assert!(matches!(keys::rotate(&store, &last.id, 0, None, 20_000).await, Err(Error::Refused { .. })));
    let nothing = NewKey { rate: Some(Rate { per_second: 0, burst: 1 }), ..key(&project.id, "k") };
    assert!(matches!(keys::create(&store, nothing).await, Err(Error::Invalid { .. })));
}

async fn guesses_wait(store: Store) {
    let (ada, from) = (Attempt::new("ada@x.y", "::1"), 1_000_000);
    for _ in 0..throttle::PER_PAIR {
        assert_eq!(throttle::take(&store, &ada, from).await.unwrap(), None);
    }
    assert_eq!(throttle::take(&store, &ada, from).await.unwrap(), Some(throttle::FIRST_WAIT_MS));
    for other in [Attempt::new("ada@x.y", "::2"), Attempt::new("eve@x.y", "::1")] {
        assert_eq!(throttle::take(&store, &other, from).await.unwrap(), None);
    }
    let later = from + throttle::FIRST_WAIT_MS;
    assert_eq!(throttle::take(&store, &ada, later).await.unwrap(), None);
    assert_eq!(throttle::take(&store, &ada, later).await.unwrap(), Some(2 * throttle::FIRST_WAIT_MS));
    throttle::succeeded(&store, &ada).await.unwrap();
    assert_eq!(throttle::take(&store, &ada, later).await.unwrap(), None, "a right password starts anew");

    let spray = async |n: i64| {
        throttle::take(&store, &Attempt::new(&format!("{n}@x.y"), "::9"), later).await.unwrap()
    };
    for n in 0..throttle::PER_ADDRESS {
        assert_eq!(spray(n).await, None, "{n}");
    }
    assert!(spray(-1).await.is_some(), "one address cannot try everybody");
    assert_eq!(throttle::remove_forgotten(&store, later).await.unwrap(), 0);
    assert!(throttle::remove_forgotten(&store, later + throttle::FORGET_MS).await.unwrap() > 0);
    assert_eq!(spray(-1).await, None);
}

async fn guesses_at_once_do_not_slip_through(store: Store) {
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let store = store.clone();
        guesses.spawn(async move { throttle::take(&store, &Attempt::new("ada@x.y", "::1"), 0).await });
    }
    let mut taken = 0;
    while let Some(guess) = guesses.join_next().await {
        taken += i64::from(guess.unwrap().unwrap().is_none());
    }
    assert_eq!(taken, throttle::PER_PAIR);
}

async fn an_account_at_a_provider_is_one_user(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Viewer).await;
    let identity = |subject| Identity { issuer: "https://id.example", subject };
    identities::link(&store, identity("a"), &ada).await.unwrap();
    assert_eq!(identities::user(&store, identity("a")).await.unwrap(), Some(ada.clone()));
    let again = identities::link(&store, identity("b"), &ada).await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "one account at each provider: {again:?}");
    let eve = user(&store, "eve@x.y", Role::Viewer).await;
    assert!(matches!(identities::link(&store, identity("a"), &eve).await, Err(Error::Conflict { .. })));
    let elsewhere = Identity { issuer: "https://other.example", subject: "a" };
    assert_eq!(identities::user(&store, elsewhere).await.unwrap(), None, "another provider's a");

    let password = identities::unknown_password();
    let new = |email| NewUser { email, name: "New", role: Role::Viewer, password: password.expose() };
    let taken = identities::create(&store, identity("c"), new("ada@x.y")).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    assert!(matches!(
        identities::create(&store, identity("a"), new("new@x.y")).await,
        Err(Error::Conflict { .. })
    ));
    assert_eq!(users::by_email(&store, "new@x.y").await.unwrap(), None, "both or neither");
    let made = identities::create(&store, identity("c"), new("new@x.y")).await.unwrap();
    assert_eq!(identities::user(&store, identity("c")).await.unwrap(), Some(made.clone()));
    users::delete(&store, &made.id).await.unwrap();
    assert_eq!(identities::user(&store, identity("c")).await.unwrap(), None, "gone with its user");
}

async fn an_archived_project_takes_nothing_and_comes_back(store: Store) {
    let new = NewProject { name: "P", slug: "p", created_by: None };
    let project = projects::create(&store, new).await.unwrap();
    keys::create(&store, key(&project.id, "its own")).await.unwrap();
    let instance = NewKey { scope: KeyScope::Instance, ..key(&project.id, "of all") };
    keys::create(&store, instance).await.unwrap();
    let published = async || keys::all_active_for_publish(&store, 0).await.unwrap().len();
    let before = revision::current(&store).await.unwrap();
    assert_eq!(published().await, 2);
    let acting = store.acting(Actor::default());
    projects::set_archived(&acting, &project.id, true).await.unwrap();
    let at = projects::by_id(&store, &project.id).await.unwrap().unwrap().archived_at;
    assert!(at.is_some() && revision::current(&store).await.unwrap() > before);
    assert_eq!(published().await, 1, "the instance key writes elsewhere too");
    projects::set_archived(&acting, &project.id, true).await.unwrap();
    assert_eq!(projects::by_id(&store, &project.id).await.unwrap().unwrap().archived_at, at);
    let refused = keys::create(&store, key(&project.id, "too late")).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    projects::set_archived(&acting, &project.id, false).await.unwrap();
    assert_eq!(published().await, 2);
    let done = outbox::oldest(&store, 9).await.unwrap();
    assert_eq!(done.iter().map(|act| act.entry.verb.as_str()).collect::<Vec<_>>(), ["ARCHIVE", "RESTORE"]);
    let missing = projects::set_archived(&store, "nobody's", true).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    let reserved = projects::reserved(&store).await.unwrap().unwrap();
    assert!(matches!(projects::set_archived(&store, &reserved.id, true).await, Err(Error::Refused { .. })));
}
