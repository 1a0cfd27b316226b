//! Events as real services send them: the same for the same seed. Pure.
//!
//! One in five has bodies, three in ten come from a browser, one in seventy failed; the texts that
//! differ from event to event in reality differ here.

use bataudit_event::Event;
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

const METHODS: [&str; 5] = ["GET", "GET", "GET", "POST", "PUT"];
const NOUNS: [&str; 12] = [
    "users",
    "orders",
    "invoices",
    "carts",
    "items",
    "payments",
    "shipments",
    "returns",
    "tickets",
    "reports",
    "teams",
    "prices",
];
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    "okhttp/4.12.0",
    "python-requests/2.32.3",
];

/// An event with texts of its own.
#[derive(Debug, Clone)]
pub struct Sample {
    id: [u8; 16],
    method: &'static str,
    path: String,
    status_code: u16,
    response_time: u64,
    identifier: String,
    user_email: String,
    user_name: String,
    ip: String,
    user_agent: &'static str,
    request_id: String,
    session_id: String,
    query_params: String,
    request_body: String,
    response_body: String,
    error_message: String,
    source: &'static str,
}

/// Makes samples without end.
#[derive(Debug)]
pub struct Samples {
    random: SmallRng,
}

impl Samples {
    /// The samples of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self { random: SmallRng::seed_from_u64(seed) }
    }

    /// A JSON body of some hundred bytes: mostly harmless, with a secret here and there.
    pub fn body(&mut self) -> String {
        let random = &mut self.random;
        let mut body = json!({
            "items": (0..random.random_range(1..4)).map(|_| json!({
                "sku": format!("SKU-{:06}", random.random_range(0..900_000)),
                "count": random.random_range(1..9),
                "price": f64::from(random.random_range(100..99_999)) / 100.0,
            })).collect::<Vec<_>>(),
            "note": "leave it at the door, please; ring twice",
            "address": {"street": format!("Main street {}", random.random_range(1..400)), "city": "Köln", "zip": "50667"},
            "express": random.random_bool(0.3),
        });
        if random.random_bool(0.2)
            && let Value::Object(fields) = &mut body
        {
            fields.insert("password".to_owned(), json!(format!("pw{:08x}", random.random::<u32>())));
            fields.insert("card".to_owned(), json!("4111 1111 1111 1111"));
        }
        body.to_string()
    }
}

impl Iterator for Samples {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        let (has_bodies, is_browser, failed) =
            (self.random.random_bool(0.22), self.random.random_bool(0.3), self.random.random_bool(0.015));
        let (request_body, response_body) = if has_bodies {
            (self.body(), r#"{"status":"accepted","id":81273}"#.to_owned())
        } else {
            Default::default()
        };
        let random = &mut self.random;
        let user: u32 = random.random_range(0..200_000);
        let noun = NOUNS[random.random_range(0..NOUNS.len())];
        Some(Sample {
            id: uuid::Builder::from_random_bytes(random.random()).into_uuid().into_bytes(),
            method: METHODS[random.random_range(0..METHODS.len())],
            path: format!("/api/v1/{noun}/{}", random.random_range(1..100_000)),
            status_code: if failed { 500 } else { 200 },
            response_time: random.random_range(1..400),
            identifier: format!("user-{user}"),
            user_email: format!("user{user}@example.com"),
            user_name: format!("User Number {user}"),
            ip: format!("10.{}.{}.{}", user % 200, user / 200 % 250, user / 50_000),
            user_agent: AGENTS[random.random_range(0..AGENTS.len())],
            request_id: format!("req-{:032x}", random.random::<u128>()),
            session_id: if is_browser {
                format!("session-{:08x}", user.wrapping_mul(2_654_435_761))
            } else {
                String::new()
            },
            query_params: if is_browser {
                r#"{"page":"2","sort":"created_at"}"#.to_owned()
            } else {
                String::new()
            },
            request_body,
            response_body,
            error_message: if failed {
                format!("connection to shard {} timed out", user % 16)
            } else {
                String::new()
            },
            source: if is_browser { "browser" } else { "backend" },
        })
    }
}

impl Sample {
    /// As an application posts it.
    #[must_use]
    pub fn json(&self, service: &str) -> String {
        let mut event = json!({
            "method": self.method, "path": self.path, "status_code": self.status_code,
            "response_time": self.response_time, "identifier": self.identifier, "user_email": self.user_email,
            "user_name": self.user_name, "ip": self.ip, "user_agent": self.user_agent,
            "request_id": self.request_id, "service_name": service, "environment": "production",
            "source": self.source,
        });
        let optional = [("session_id", &self.session_id), ("error_message", &self.error_message)];
        for (field, text) in optional.into_iter().filter(|(_, text)| !text.is_empty()) {
            event[field] = json!(text);
        }
        let nested = [
            ("query_params", &self.query_params),
            ("request_body", &self.request_body),
            ("response_body", &self.response_body),
        ];
        for (field, text) in nested {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                event[field] = value;
            }
        }
        event.to_string()
    }

    /// As it travels behind the gateway.
    #[must_use]
    pub fn event<'s>(&'s self, service: &'s str, received_at: i64) -> Event<'s> {
        Event {
            id: self.id,
            project_id: [1; 16],
            event_type: "http",
            timestamp: received_at,
            received_at,
            method: self.method,
            path: &self.path,
            status_code: self.status_code,
            response_time: self.response_time,
            identifier: &self.identifier,
            user_email: &self.user_email,
            user_name: &self.user_name,
            ip: &self.ip,
            user_agent: self.user_agent,
            request_id: &self.request_id,
            session_id: &self.session_id,
            query_params: &self.query_params,
            request_body: &self.request_body,
            response_body: &self.response_body,
            error_message: &self.error_message,
            source: self.source,
            service_name: service,
            environment: "production",
            key_hash: 0x5eed_0f0e_a5e5_7001,
            ..Event::default()
        }
    }
}

/// The body of a request of `per_request` events.
#[must_use]
pub fn request_body(samples: &mut Samples, service: &str, per_request: usize) -> String {
    let events: Vec<_> = samples.take(per_request).map(|sample| sample.json(service)).collect();
    if per_request == 1 { events.concat() } else { format!("[{}]", events.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_everything() {
        let texts = |seed| Samples::of(seed).take(50).map(|sample| sample.json("a")).collect::<Vec<_>>();
        assert_eq!(texts(3), texts(3));
        assert_ne!(texts(3), texts(4));
        let array: Vec<Value> = serde_json::from_str(&request_body(&mut Samples::of(1), "a", 20)).unwrap();
        assert_eq!(array.len(), 20);
    }
}
