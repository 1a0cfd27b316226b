//! What is sent and answered. Some of it holds secrets, as it does in reality: BatAudit must mask them. What changes
//! something says what it was before.

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::event::DemoEvent;
use super::words::{CITIES, PRODUCTS, SEARCHES};

/// The bodies of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Nothing,
    Search,
    Product,
    Item,
    Order,
    OrderState,
    Card,
    Address,
    Profile,
    Review,
    Invoice,
    CreditLimit,
    Refund,
    Login,
    Refresh,
    Forgot,
    NewPassword,
    Code,
    Roles,
    Device,
}

/// Puts the bodies into an event whose person and path are there already.
pub(super) fn fill(event: &mut DemoEvent, body: Body, random: &mut StdRng) {
    match body {
        Body::Nothing => {}
        Body::Search => {
            let words = SEARCHES[random.random_range(0..SEARCHES.len())];
            event.query_params = json!({"q": words, "page": random.random_range(1..4)});
        }
        Body::Login | Body::Refresh | Body::Forgot | Body::NewPassword | Body::Code => {
            credentials(event, body, random);
        }
        Body::Address | Body::Profile | Body::CreditLimit | Body::Roles => change(event, body, random),
        _ => trade(event, body, random),
    }
}

fn product(random: &mut StdRng) -> (&'static str, u32) {
    PRODUCTS[random.random_range(0..PRODUCTS.len())]
}

/// Goods and money.
fn trade(event: &mut DemoEvent, body: Body, random: &mut StdRng) {
    let (name, cents) = product(random);
    let number: u32 = random.random_range(1..4);
    match body {
        Body::Product => {
            event.response_body = json!({"name": name, "price_cents": cents, "stock": number * 17})
        }
        Body::Item => event.request_body = json!({"product": name, "quantity": number, "gift": number == 3}),
        Body::Order => {
            event.request_body = json!({
                "items": [{"product": name, "quantity": number, "price_cents": cents}],
                "note": "ring twice, then leave it with O'Brien 🙂",
            });
            event.response_body = json!({"order_id": 9_007_199_254_740_993_u64 + u64::from(cents * number)});
        }
        Body::OrderState => event.response_body = json!({"state": "paid", "total_cents": cents * number}),
        Body::Card => {
            event.request_body = json!({
                "amount_cents": cents * number,
                "card": {"number": "4111 1111 1111 1111", "cvv": format!("{:03}", cents % 1000), "name": event.user_name},
            });
            event.response_body =
                json!({"authorization": format!("Bearer {}", hex(random, 20)), "state": "captured"});
        }
        Body::Review => {
            event.request_body = json!({"stars": number + 2, "text": "Sehr gut – très bien – 很好"})
        }
        Body::Invoice => {
            event.response_body = json!({"number": format!("2026-{cents:05}"), "total_cents": cents * number})
        }
        Body::Refund => {
            event.request_body =
                json!({"amount_cents": cents, "reason": "arrived broken", "iban": "DE89370400440532013000"});
        }
        Body::Device => {
            event.request_body =
                json!({"platform": "android", "push_token": hex(random, 24), "locale": "pt-BR"});
        }
        _ => {}
    }
}

/// What nobody may read later.
fn credentials(event: &mut DemoEvent, body: Body, random: &mut StdRng) {
    match body {
        Body::Login => {
            event.request_body =
                json!({"email": event.user_email, "password": format!("hunter2-{}", hex(random, 3))});
            event.response_body = json!({"access_token": hex(random, 16), "expires_in": 3600});
        }
        Body::Refresh => event.request_body = json!({"refresh_token": hex(random, 16)}),
        Body::Forgot => event.request_body = json!({"email": event.user_email}),
        Body::NewPassword => {
            event.path = format!("{}?token={}&lang=en", event.path, hex(random, 12));
            event.request_body = json!({"new_password": format!("correct-horse-{}", hex(random, 3))});
        }
        _ => event.request_body = json!({"otp": format!("{:06}", random.random_range(0..1_000_000))}),
    }
}

/// What was, and what is.
fn change(event: &mut DemoEvent, body: Body, random: &mut StdRng) {
    let at = random.random_range(0..CITIES.len());
    let (old, new) = match body {
        Body::Address => (address(at), address((at + 1) % CITIES.len())),
        Body::Profile => (
            json!({"language": "en", "newsletter": true, "phone": "+49 221 5550123"}),
            json!({"language": "pt-BR", "newsletter": false, "phone": "+49 221 5550199"}),
        ),
        Body::CreditLimit => (
            json!({"credit_limit_cents": 50_000 * (at + 1), "currency": "EUR"}),
            json!({"credit_limit_cents": 75_000 * (at + 1), "currency": "EUR", "approved_by": event.identifier}),
        ),
        _ => (json!({"roles": ["viewer"]}), json!({"roles": ["viewer", "support"]})),
    };
    event.request_body = json!({"old_value": old, "new_value": new});
}

fn address(at: usize) -> Value {
    let (city, code) = CITIES[at];
    json!({"street": format!("{} Main Street", 10 + at * 3), "city": city, "postcode": code})
}

/// Random hex digits of so many bytes.
pub(super) fn hex(random: &mut StdRng, bytes: usize) -> String {
    let bytes: Vec<u8> = (0..bytes).map(|_| random.random()).collect();
    ::hex::encode(bytes)
}
