//! What alarms somebody, all of it within the last day, since older events wake nobody: a deployment that broke the
//! payments last night, a password that was guessed at, accounts that somebody deleted, and a key that everybody
//! forgot.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;

use super::cast::{BILLING_API, IDENTITY_ADMIN, IDENTITY_API, SHOP_API, STREAMS};
use super::event::DemoEvent;
use super::people::{customer, employee};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The hour of the night, UTC, at which one deploys.
const DEPLOY_AT: i64 = 2 * HOUR_MS + 40 * MINUTE_MS;
/// How long payments were broken.
const BROKEN: i64 = 18 * MINUTE_MS;
/// With fewer events nothing alarming fits in.
const LEAST: u32 = 400;
/// Who guesses passwords, from where.
pub(super) const GUESSER: &str = "192.0.2.66";

/// The events, the newest first, and when payments were broken.
#[derive(Debug, Clone)]
pub(super) struct Turmoil {
    events: Vec<DemoEvent>,
    pub(super) broken: std::ops::Range<i64>,
}

impl Turmoil {
    /// What fits among so many events.
    pub(super) fn new(seed: u64, now: i64, events: u32) -> Self {
        let deployed = last_night(now);
        let mut turmoil = Self { events: Vec::new(), broken: deployed..deployed + BROKEN };
        if events < LEAST {
            turmoil.broken = 0..0;
            return turmoil;
        }
        let mut random = StdRng::seed_from_u64(seed ^ 0x7457_6d01);
        turmoil.outage((events / 800).clamp(30, 240), &mut random);
        turmoil.guessing(now - 5 * HOUR_MS - 20 * MINUTE_MS, (events / 1500).clamp(16, 90), &mut random);
        turmoil.deleting(now - 2 * HOUR_MS - 10 * MINUTE_MS, (events / 1000).clamp(60, 180));
        turmoil.forgotten(now, (events / 3000).clamp(8, 80));
        turmoil.events.sort_by_key(|event| std::cmp::Reverse(event.timestamp));
        turmoil
    }

    /// How many there are.
    pub(super) fn len(&self) -> u32 {
        self.events.len() as u32
    }

    /// Those of a span of time.
    pub(super) fn within(&self, span: &std::ops::Range<i64>) -> impl Iterator<Item = &DemoEvent> {
        self.events.iter().filter(|event| span.contains(&event.timestamp))
    }

    /// A deployment, clients that try their payments again and again, and the way back.
    fn outage(&mut self, retries: u32, random: &mut StdRng) {
        let span = self.broken.clone();
        for (at, version) in [(span.start, "2026.11.3"), (span.end, "2026.11.2")] {
            let mut event = DemoEvent::of(&STREAMS[SHOP_API], at);
            employee(3).act(&mut event);
            event.event_type = "deployment";
            event.method = "POST";
            event.path = "/deployments/shop-api".to_owned();
            event.status_code = 201;
            event.response_time = 41_000;
            event.request_id = format!("deploy-{version}-{}", at / 1000);
            event.request_body = json!({"version": version, "by": event.identifier, "replicas": 6});
            self.events.push(event);
        }
        for number in 0..retries {
            let at =
                span.start + MINUTE_MS + (BROKEN - 2 * MINUTE_MS) * i64::from(number) / i64::from(retries);
            let mut event = DemoEvent::of(&STREAMS[SHOP_API], at);
            customer(40 + number as usize % 23).act(&mut event);
            event.method = "POST";
            event.path = "/api/payments".to_owned();
            event.request_id = format!("retry-{:08x}", random.random::<u32>());
            event.session_id = format!("s-outage-{}", number % 23);
            event.request_body =
                json!({"amount_cents": 4900, "card": {"number": "4111 1111 1111 1111", "cvv": "123"}});
            fail(&mut event, random);
            self.events.push(event);
        }
    }

    /// One account, one address, many passwords.
    fn guessing(&mut self, from: i64, tries: u32, random: &mut StdRng) {
        for number in 0..tries {
            let mut event =
                DemoEvent::of(&STREAMS[IDENTITY_API], from + i64::from(number) * 170_000 / i64::from(tries));
            customer(17).act(&mut event);
            event.user_roles = serde_json::Value::Null;
            event.ip = GUESSER.to_owned();
            event.user_agent = "python-requests/2.19.1".into();
            event.method = "POST";
            event.path = "/login".to_owned();
            event.status_code = 401;
            event.response_time = random.random_range(240..320);
            event.request_id = format!("guess-{:08x}", random.random::<u32>());
            event.request_body =
                json!({"email": event.user_email, "password": format!("Summer{}!", 2000 + number)});
            event.error_message = "invalid credentials".into();
            self.events.push(event);
        }
    }

    /// An employee who deletes accounts, one after the other.
    fn deleting(&mut self, from: i64, accounts: u32) {
        for number in 0..accounts {
            let mut event = DemoEvent::of(
                &STREAMS[IDENTITY_ADMIN],
                from + i64::from(number) * 230_000 / i64::from(accounts),
            );
            employee(7).act(&mut event);
            let gone = customer(100 + number as usize);
            event.method = "DELETE";
            event.path = format!("/admin/users/{}", gone.identifier);
            event.path_params = json!({"customer": gone.identifier});
            event.status_code = 204;
            event.response_time = 70 + u64::from(number % 40);
            event.session_id = "s-admin-cleanup".to_owned();
            event.request_id = format!("delete-{number:04}-{}", from / 1000);
            event.request_body = json!({
                "old_value": {"identifier": gone.identifier, "name": gone.name, "email": gone.email, "state": "active"},
                "new_value": null,
            });
            self.events.push(event);
        }
    }

    /// A program that nobody remembers, with a key that is over.
    fn forgotten(&mut self, now: i64, calls: u32) {
        for number in 0..calls {
            let at = now - 7 * MINUTE_MS - i64::from(number) * (DAY_MS - HOUR_MS) / i64::from(calls);
            let mut event = DemoEvent::of(&STREAMS[BILLING_API], at);
            event.identifier = "svc-legacy-export".to_owned();
            event.user_type = "service".into();
            event.ip = "10.20.9.77".to_owned();
            event.user_agent = "python-requests/2.8.1".into();
            event.method = "GET";
            event.path = "/v1/export?format=csv&api_key=legacy-2019-0f3c".to_owned();
            event.status_code = 410;
            event.response_time = 6;
            event.request_id = format!("legacy-{}", at / 1000);
            event.error_message = "this version of the API was removed; the key belongs to nobody".into();
            self.events.push(event);
        }
    }
}

/// Makes an event one of the outage.
pub(super) fn fail(event: &mut DemoEvent, random: &mut StdRng) {
    let (status, message) = [
        (502, "upstream payment-gateway closed the connection"),
        (503, "pool exhausted: 0 of 20 connections idle"),
        (500, "panic: nil map in applyDiscount(cart)"),
    ][random.random_range(0..3)];
    event.status_code = status;
    event.response_time = random.random_range(3_800..9_500);
    event.error_message = message.into();
    event.response_body = json!({"error": message, "code": "PAY-017"});
}

/// When one deployed last: at night, if that was some hours ago and within the day that is judged.
fn last_night(now: i64) -> i64 {
    let tonight = now.div_euclid(DAY_MS) * DAY_MS + DEPLOY_AT;
    let candidates = [tonight, tonight - DAY_MS];
    let good = candidates.into_iter().find(|at| (HOUR_MS..22 * HOUR_MS).contains(&(now - at)));
    good.unwrap_or(now - 6 * HOUR_MS)
}
