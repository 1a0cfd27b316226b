//! The events of one hour. Within a service they are as evenly spaced as its clients are many, since a service with
//! thousands of users is no noise; each belongs to one of the sessions that are open at that moment.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;

use super::bodies;
use super::cast::{SHOP_API, STREAMS, Stream};
use super::event::DemoEvent;
use super::nasty;
use super::people::{self, Person};
use super::plan::{HOUR_MS, Plan};
use super::script::{Flow, Step};
use super::turmoil;

/// How long people think between two steps.
const THINK_SECONDS: u32 = 60;
/// One event in so many fails, on a day like any other.
const FAILS_EVERY: u32 = 60;
/// One report of a browser in so many is about a request that never arrived.
const ORPHAN_EVERY: u32 = 23;
/// One event in so many is hostile, where that is asked for.
const NASTY_EVERY: usize = 5;

/// What went wrong, as the application says it.
fn message(status: u16) -> &'static str {
    match status {
        401 => "invalid credentials",
        402 => "card declined: insufficient funds",
        403 => "needs the role finance",
        404 => "not found",
        409 => "somebody else changed it meanwhile",
        410 => "the link was used already",
        422 => "postcode: must not be empty",
        429 => "too many attempts; try again in 30 s",
        502 => "upstream closed the connection",
        503 => "the card network does not answer",
        504 => "upstream took longer than 10 s",
        _ => "unexpected state: order has no lines",
    }
}

/// A session that is open.
struct Visit {
    person: Person,
    session: String,
    flow: &'static Flow,
    at: usize,
    order: u32,
    random: StdRng,
}

impl Plan {
    /// The events of an hour, the newest first.
    pub(crate) fn hour(&self, hour: i32) -> Vec<DemoEvent> {
        let mut events: Vec<DemoEvent> = Vec::new();
        let mut places = Vec::with_capacity(STREAMS.len());
        for (at, (stream, count)) in STREAMS.iter().zip(self.counts(hour)).enumerate() {
            let mut random = self.random(hour, at);
            let made = match stream.backend.and_then(|backend| places.get(backend).cloned()) {
                Some(seen) => self.front(hour, stream, count, &events[seen], &mut random),
                None => self.backend(hour, at, count, &mut random),
            };
            let first = events.len();
            events.extend(made);
            places.push(first..events.len());
        }
        let span = self.start_of(hour)..self.start_of(hour) + HOUR_MS;
        events.extend(self.turmoil.within(&span).cloned());
        if self.nasty {
            events.iter_mut().step_by(NASTY_EVERY).for_each(nasty::spoil);
        }
        events.sort_by_key(|event| std::cmp::Reverse(event.timestamp));
        events
    }

    /// When the events of a service come: one in each of `count` equal parts of the hour.
    fn moments(&self, hour: i32, count: u32, random: &mut StdRng) -> Vec<i64> {
        let start = self.start_of(hour);
        let moment = |number: u32| {
            let part = (f64::from(number) + random.random::<f64>()) / f64::from(count);
            start + ((part * HOUR_MS as f64) as i64).min(HOUR_MS - 1)
        };
        (0..count).map(moment).collect()
    }

    fn backend(&self, hour: i32, at: usize, count: u32, random: &mut StdRng) -> Vec<DemoEvent> {
        let stream = &STREAMS[at];
        let open = (count * THINK_SECONDS / 3600).max(1);
        let mut visits: Vec<Visit> =
            (0..open.min(count)).map(|_| Visit::open(stream, random, true)).collect();
        let mut since_failure = random.random_range(0..FAILS_EVERY);
        let mut events = Vec::with_capacity(count as usize);
        for moment in self.moments(hour, count, random) {
            let place = random.random_range(0..visits.len());
            if visits[place].is_over() {
                visits[place] = Visit::open(stream, random, false);
            }
            let (mut event, step) = visits[place].step(stream, moment, random);
            since_failure += 1;
            if at == SHOP_API && self.turmoil.broken.contains(&moment) {
                if step.method != "GET" || random.random_bool(0.3) {
                    turmoil::fail(&mut event, random);
                } else {
                    event.response_time *= 7;
                }
            } else if since_failure >= FAILS_EVERY && !step.failures.is_empty() {
                since_failure = 0;
                let status = step.failures[random.random_range(0..step.failures.len())];
                event.status_code = status;
                event.error_message = message(status).into();
                event.response_body = json!({"error": message(status)});
            }
            events.push(event);
        }
        events
    }

    /// What browsers report: the requests that the backend saw, and some that it never did.
    fn front(
        &self,
        hour: i32,
        stream: &Stream,
        count: u32,
        seen: &[DemoEvent],
        random: &mut StdRng,
    ) -> Vec<DemoEvent> {
        let lost = random.random_range(0..ORPHAN_EVERY);
        let moments = self.moments(hour, count, random);
        let make = |(number, moment): (u32, i64)| {
            let twin = seen.get((u64::from(number) * seen.len() as u64 / u64::from(count)) as usize);
            match twin {
                Some(twin) if number % ORPHAN_EVERY != lost => reported(stream, twin, random),
                _ => orphan(stream, twin, moment, random),
            }
        };
        (0..count).zip(moments).map(make).collect()
    }
}

/// A request as the browser saw it.
fn reported(stream: &Stream, twin: &DemoEvent, random: &mut StdRng) -> DemoEvent {
    let mut event = twin.clone();
    let network = random.random_range(18..140);
    event.source = stream.source();
    event.service_name = stream.service;
    event.response_time += network;
    event.request_body = serde_json::Value::Null;
    event.response_body = serde_json::Value::Null;
    event
}

/// A request that no backend saw.
fn orphan(stream: &Stream, twin: Option<&DemoEvent>, moment: i64, random: &mut StdRng) -> DemoEvent {
    let mut event = twin.cloned().unwrap_or_else(|| {
        let mut event = DemoEvent::of(stream, moment);
        people::pick(stream, random).act(&mut event);
        event.method = "GET";
        event.path = "/api/cart".to_owned();
        event
    });
    event.timestamp = moment;
    event.source = stream.source();
    event.service_name = stream.service;
    event.request_id = format!("req-{}", bodies::hex(random, 8));
    event.status_code = 0;
    event.response_time = random.random_range(9_000..30_000);
    event.error_message = "TypeError: Failed to fetch".into();
    event.request_body = serde_json::Value::Null;
    event.response_body = serde_json::Value::Null;
    event
}

impl Visit {
    /// Somebody comes; `midway` for those who were there before the hour began.
    fn open(stream: &Stream, random: &mut StdRng, midway: bool) -> Self {
        let flow = choose(stream.flows, random);
        let mut own = StdRng::seed_from_u64(random.random());
        Self {
            person: people::pick(stream, random),
            session: format!("s-{}", bodies::hex(&mut own, 6)),
            flow,
            at: if midway { random.random_range(0..flow.steps.len()) } else { 0 },
            order: own.random_range(10_000..99_999),
            random: own,
        }
    }

    fn is_over(&self) -> bool {
        self.at >= self.flow.steps.len()
    }

    fn step(&mut self, stream: &Stream, moment: i64, random: &mut StdRng) -> (DemoEvent, &'static Step) {
        let step = &self.flow.steps[self.at];
        self.at += 1;
        let mut event = DemoEvent::of(stream, moment);
        self.person.act(&mut event);
        event.method = step.method;
        event.status_code = match step.method {
            "POST" if step.path.starts_with("/api/orders") || step.path.ends_with("reviews") => 201,
            "DELETE" => 204,
            _ => 200,
        };
        event.response_time = took(step.millis, random);
        event.request_id = format!("req-{}", bodies::hex(&mut self.random, 8));
        if stream.flows.len() > 1 {
            event.session_id.clone_from(&self.session);
        }
        self.walk(&mut event, step.path);
        bodies::fill(&mut event, step.body, random);
        (event, step)
    }

    /// The path with ids in place of their names.
    fn walk(&mut self, event: &mut DemoEvent, template: &'static str) {
        let Some((before, rest)) = template.split_once('{') else {
            event.path = template.to_owned();
            return;
        };
        let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
        let id = match name {
            "order" => self.order.to_string(),
            "invoice" => format!("{}", 202_600_000 + self.order),
            "customer" => people::customer(self.order as usize % 420).identifier,
            "device" => bodies::hex(&mut self.random, 16),
            _ => (self.random.random_range(0..9) * 7 + 1001).to_string(),
        };
        event.path = format!("{before}{id}{after}");
        event.path_params = json!({ name: id });
    }
}

fn choose(flows: &'static [Flow], random: &mut StdRng) -> &'static Flow {
    let total: u32 = flows.iter().map(|flow| flow.weight).sum();
    let mut left = random.random_range(0..total.max(1));
    for flow in flows {
        if left < flow.weight {
            return flow;
        }
        left -= flow.weight;
    }
    &flows[0]
}

/// Mostly near what is typical, now and then much longer.
fn took(millis: u32, random: &mut StdRng) -> u64 {
    let spread: f64 = (0..4).map(|_| random.random::<f64>() - 0.5).sum();
    (f64::from(millis) * (spread * 1.1).exp()).round().max(1.0) as u64
}
