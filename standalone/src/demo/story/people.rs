//! Who acts. A person is their number: the same number is always the same person.

use std::borrow::Cow;

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::cast::{Crowd, Stream};
use super::event::DemoEvent;
use super::words::{BROWSERS, DOMAINS, FIRST, LAST, TENANTS};

/// How many people a crowd has.
const CUSTOMERS: usize = 420;
const STAFF: usize = 18;

/// Programs that act by themselves.
const MACHINES: [(&str, &str); 3] = [
    ("svc-invoicing", "invoice-worker/4.2 (+https://billing.example.com)"),
    ("svc-dunning", "invoice-worker/4.2 (+https://billing.example.com)"),
    ("svc-reconcile", "python-requests/2.32.3"),
];

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) email: String,
    roles: Value,
    kind: &'static str,
    tenant: &'static str,
    ip: String,
    agent: &'static str,
}

/// Somebody of the crowd that uses this service; a few come often, most rarely.
pub(super) fn pick(stream: &Stream, random: &mut StdRng) -> Person {
    let part = random.random::<f64>().powi(2);
    let of = |count: usize| (part * count as f64) as usize;
    match stream.crowd {
        Crowd::Customers => customer(of(CUSTOMERS)),
        Crowd::Staff => employee(of(STAFF)),
        Crowd::Machines => machine(of(MACHINES.len())),
    }
}

/// A customer.
pub(super) fn customer(number: usize) -> Person {
    let (name, local) = name(number);
    let domain = DOMAINS[number % DOMAINS.len()];
    Person {
        identifier: format!("cus_{:06x}", (number + 1) * 39_916_801 % 0xff_ffff),
        name,
        email: format!(
            "{local}{}@{domain}",
            if number >= FIRST.len() { number.to_string() } else { String::new() }
        ),
        roles: json!(["customer"]),
        kind: if number.is_multiple_of(9) { "business" } else { "consumer" },
        tenant: TENANTS[number % TENANTS.len()],
        ip: address(number),
        agent: BROWSERS[number % BROWSERS.len()],
    }
}

/// An employee.
pub(super) fn employee(number: usize) -> Person {
    let (name, local) = name(number * 5 + 2);
    let roles = match number % 4 {
        0 => json!(["support", "admin"]),
        1 => json!(["finance"]),
        _ => json!(["support"]),
    };
    Person {
        email: format!("{local}@bat.example"),
        identifier: local,
        name,
        roles,
        kind: "employee",
        tenant: "bat",
        ip: format!("10.20.{}.{}", number % 4, 10 + number),
        agent: BROWSERS[number % 3],
    }
}

fn machine(number: usize) -> Person {
    let (identifier, agent) = MACHINES[number % MACHINES.len()];
    Person {
        identifier: identifier.to_owned(),
        name: String::new(),
        email: String::new(),
        roles: json!(["service"]),
        kind: "service",
        tenant: "bat",
        ip: format!("10.20.9.{}", 20 + number),
        agent,
    }
}

fn name(number: usize) -> (String, String) {
    let (first, first_local) = FIRST[number % FIRST.len()];
    let (last, last_local) = LAST[(number * 7 + number / FIRST.len()) % LAST.len()];
    (format!("{first} {last}"), format!("{first_local}.{last_local}"))
}

/// An address of the ranges for documentation; every third one of IPv6.
fn address(number: usize) -> String {
    match number % 3 {
        0 => format!("2001:db8:{:x}::{:x}", 0x85a3 + number % 16, 0x8a2e + number),
        1 => format!("198.51.100.{}", 1 + number % 254),
        _ => format!("203.0.113.{}", 1 + number % 200),
    }
}

impl Person {
    /// Writes who they are into an event.
    pub(super) fn act(&self, event: &mut DemoEvent) {
        event.identifier.clone_from(&self.identifier);
        event.user_name.clone_from(&self.name);
        event.user_email.clone_from(&self.email);
        event.user_roles = self.roles.clone();
        event.user_type = Cow::Borrowed(self.kind);
        event.tenant_id = Cow::Borrowed(self.tenant);
        event.ip.clone_from(&self.ip);
        event.user_agent = Cow::Borrowed(self.agent);
    }
}
