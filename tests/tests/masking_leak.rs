//! Secrets planted in every field and in every encoding, through the real line at the chattiest log
//! level; then every column, every dead letter, every log, all metrics and every answer is searched
//! for them. `BATAUDIT_LEAK_SECRETS=1000000` plants as many; the usual run plants some thousands.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bataudit_e2e::answer::Answer;
use bataudit_e2e::api::Api;
use bataudit_e2e::gateway::Gateway;
use bataudit_e2e::kafka;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_event::Event;
use bataudit_event::record::{self, FORMAT, FORMAT_HEADER};
use bataudit_kafka::Connection;
use bataudit_service::{Env, Field};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::{Value, json};

const SECRETS: Field =
    Field::new("BATAUDIT_LEAK_SECRETS", "4000", "How many secrets the leak test plants at least.");
/// Part of every planted secret but cards, and of nothing else.
const MARK: &str = "lk7fzq";
/// Events of one post.
const BATCH: usize = 100;
/// How long one batch of the load may take, or anything that happens at once.
const SOON: Duration = Duration::from_secs(30);
/// Events that the gateway would not let through, written past it.
const POISONED: usize = 40;

/// A secret that no detector knows by its shape: only where it stands gives it away.
fn word(n: usize) -> String {
    format!("{MARK}{n:010x}")
}

/// A card number, each another.
fn card(n: usize) -> String {
    let digits = format!("453201{n:09}");
    let sum: u32 = digits.bytes().rev().enumerate().fold(0, |sum, (at, digit)| {
        let digit = u32::from(digit - b'0') << ((at + 1) % 2);
        sum + if digit > 9 { digit - 9 } else { digit }
    });
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A secret that has a known shape.
fn token(n: usize) -> String {
    match n % 3 {
        0 => format!("npm_{}{}", word(n), MARK.repeat(3)),
        1 => format!("ghp_{}{}", word(n), MARK.repeat(4)),
        _ => format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", word(n), word(n)),
    }
}

fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", c as u32)).collect()
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// The ways a secret is planted in JSON, as the JSON itself.
const JSON_WAYS: usize = 21;

fn in_json(way: usize, n: usize) -> String {
    let (secret, inner) = (word(n), format!(r#"{{"password":"{}"}}"#, word(n)));
    match way % JSON_WAYS {
        0 => inner,
        1 => format!(r#"{{"a":[1,{{"Api-Key":{{"x":["{secret}"]}}}}]}}"#),
        2 => format!(r#"{{"\u0070assword":"{secret}"}}"#),
        3 => format!(r#"{{"pwd":"{}"}}"#, escaped(&secret)),
        4 => format!(r#"{{"body":{}}}"#, quoted(&inner)),
        5 => format!(r#"{{"body":{}}}"#, quoted(&quoted(&inner))),
        6 => format!(r#"[{{"card":{}}}]"#, card(n)),
        7 => format!(r#"{{"note":"paid with {}"}}"#, card(n)),
        8 => format!(r#"{{"m":"login with password={secret} failed"}}"#),
        9 => format!(r#"{{"any":"see {} there"}}"#, token(n)),
        10 => format!(r#"{{"form":"a=1&%70assword={secret}&b=2"}}"#),
        11 => format!(r#"{{"blob":"{}"}}"#, STANDARD.encode(inner)),
        12 => format!(r#"{{"soap":"<w:Password Type='t'>{secret}</w:Password>"}}"#),
        13 => format!(r#"{{"stripeSecretKey":"{secret}","user.password":"{secret}"}}"#),
        14 => format!(r#"{{"pem":"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"}}"#),
        15 => format!(r#"{{"headers":"Host: x\r\nCookie: a=1; sid={secret}\r\n"}}"#),
        16 => format!(r#"{{"url":"postgres://bat:{secret}@db:5432/x"}}"#),
        17 => format!(r#"{{"cut":"body was {{\"token\":{{\"deep\":\"{secret}"}}"#),
        18 => format!(r#"{{"lk_ref":"{secret}"}}"#),
        19 => format!(r#"{{"lk_items":[{{"serial":"{secret}"}}]}}"#),
        _ => format!(r#"{{"free":"LKPATTERN-{secret} of somebody"}}"#),
    }
}

/// The same in text.
const TEXT_WAYS: usize = 7;

fn in_text(way: usize, n: usize) -> String {
    let secret = word(n);
    match way % TEXT_WAYS {
        0 => format!("refused: password={secret}, sorry"),
        1 => format!("refused: Authorization: Bearer {secret}"),
        2 => format!("refused: basic {} again", STANDARD.encode(format!("user:{secret}"))),
        3 => format!("refused card {}", card(n)),
        4 => format!("refused {} here", token(n)),
        5 => format!("GET /a?%74oken={secret} failed"),
        _ => format!("body was {{\"password\":\"{secret}"),
    }
}

/// The same in a path.
const PATH_WAYS: usize = 6;

fn in_path(way: usize, n: usize) -> String {
    let secret = word(n);
    match way % PATH_WAYS {
        0 => format!("/a?token={secret}&page=2"),
        1 => format!("/a?user%5Bpassword%5D={secret}#access_token={secret}"),
        2 => format!("/a?filter={}", percent(&format!(r#"{{"password":"{secret}"}}"#))),
        3 => format!("/cards/{}/x", card(n)),
        4 => format!("/a/{}", token(n)),
        _ => format!("/a?next={}", percent(&format!("/b?token={secret}"))),
    }
}

/// The load: every event has a secret in every field that can hold one.
struct Load {
    service: String,
    planted: usize,
    events: usize,
    cards: HashSet<String>,
}

impl Load {
    fn next(&mut self) -> usize {
        self.planted += 1;
        self.cards.insert(card(self.planted));
        self.planted
    }

    /// One event as JSON text, since a tree would write escapes anew.
    fn event(&mut self) -> String {
        let way = self.events;
        self.events += 1;
        let bodies = ["request_body", "response_body", "query_params", "path_params", "user_roles"];
        let bodies = bodies.iter().enumerate().map(|(at, field)| {
            let n = self.next();
            // The project's rules speak of bodies of requests.
            let way = if *field == "request_body" { way } else { (way + at) % 18 };
            format!(r#""{field}":{}"#, in_json(way, n))
        });
        let bodies = bodies.collect::<Vec<_>>().join(",");
        let (agent, message, path) = (self.next(), self.next(), self.next());
        let (agent, message) = (quoted(&in_text(way + 1, agent)), quoted(&in_text(way, message)));
        let path = quoted(&in_path(way, path));
        let people = ["identifier", "user_name", "tenant_id", "request_id", "session_id"];
        let people = people.map(|field| format!(r#""{field}":"{}""#, token(self.next()))).join(",");
        let short = format!("npm_{}{}", word(self.next()), MARK.repeat(3));
        format!(
            r#"{{{bodies},"user_agent":{agent},"error_message":{message},"path":{path},{people},"user_type":"{short}","environment":"{short}",
               "user_email":"{short}@example.com","method":"GET","service_name":"{}"}}"#,
            self.service
        )
        .replace('\n', "")
    }
}

/// Finds planted secrets in anything, however they are written.
struct Finder {
    needles: Vec<String>,
    cards: HashSet<String>,
}

impl Finder {
    fn new(cards: HashSet<String>, further: &[&str]) -> Self {
        // base64 writes three bytes as four characters: a text has three faces, less its edges.
        let faces = (0..3).map(|shift| {
            let encoded = STANDARD.encode(format!("{}{MARK}", "x".repeat(shift)));
            let (first, last) = ([0, 2, 3][shift], (shift + MARK.len()) * 8 / 6);
            encoded[first..last].to_owned()
        });
        let plain = [MARK.to_owned(), escaped(MARK).replace('\\', "")];
        let further = further.iter().map(|text| (*text).to_owned());
        Self { needles: plain.into_iter().chain(faces).chain(further).collect(), cards }
    }

    /// What is found, with some of what stands around it.
    fn find(&self, text: &str) -> Option<String> {
        let bare = text.replace('\\', "");
        for needle in &self.needles {
            if let Some(at) = bare.find(needle.as_str()) {
                let around = bare.get(at.saturating_sub(80)..(at + 80).min(bare.len()));
                return Some(format!("{needle} in …{}…", around.unwrap_or(needle)));
            }
        }
        self.card_in(&bare)
    }

    fn card_in(&self, text: &str) -> Option<String> {
        let mut digits = String::new();
        for c in text.chars().chain(['x']) {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '.' if !digits.is_empty() => {}
                _ if digits.len() >= 16 => {
                    let found = (0..=digits.len() - 16).map(|at| &digits[at..at + 16]);
                    if let Some(found) =
                        found.filter(|number| number.starts_with("453201")).find(|n| self.cards.contains(*n))
                    {
                        return Some(format!("card {found}"));
                    }
                    digits.clear();
                }
                _ => digits.clear(),
            }
        }
        None
    }

    fn assert_none(&self, place: &str, text: &str) {
        assert_eq!(self.find(text), None, "a secret in {place}");
    }
}

#[tokio::test]
async fn no_planted_secret_is_found_anywhere() {
    let least: usize = Env::from_process().parse(&SECRETS);
    let mut plan = Plan::new("masking_leak");
    plan.env = vec![("BATAUDIT_LOG", "trace".to_owned())];
    let stack = Stack::start(plan).await;
    let application = stack.application("leak").await;
    put_rules(&application).await;
    until_rules_mask(&stack, &application).await;

    let mut load =
        Load { service: application.service.clone(), planted: 0, events: 0, cards: HashSet::new() };
    let everything = Finder::new((1..=least + 20 * BATCH).map(card).collect(), &[]);
    while load.planted < least {
        let events: Vec<_> = (0..BATCH).map(|_| load.event()).collect();
        for event in &events {
            assert!(everything.find(event).is_some(), "the finder finds nothing in {event}");
        }
        // The answer names the request ids that the client itself sent, and so is not searched.
        let body = format!("[{}]", events.join(","));
        drop(application.gateway.post_text("/v1/audit/batch", body).await.expect(202));
    }
    let refused = refused_posts(&stack, &application).await;
    poison(&stack, &application).await;
    settle(&stack, &load).await;

    let unknown = format!("bat_{}", "0f".repeat(32));
    let finder =
        Finder::new(load.cards.clone(), &[&application.gateway.key, &unknown, "hunter2-of-the-login"]);
    for answer in &refused {
        finder.assert_none("an answer", answer);
    }
    search(&stack, &finder, &load).await;
    println!("{} secrets planted in {} events, none found", load.planted, load.events);
}

async fn put_rules(application: &Application) {
    let rules = json!({"version": 0, "rules": [
        {"key": "lk_ref", "redaction": "hash"},
        {"path": "/request_body/lk_items/*/serial", "redaction": "remove"},
        {"pattern": "LKPATTERN-[0-9a-z]+"},
    ]});
    let url = format!("{}/v1/projects/{}/masking-rules", application.owner.url, application.project);
    let request = reqwest::Client::new().put(url).bearer_auth(&application.owner.token).json(&rules);
    let answer = Answer::of(request).await.expect("an answer").expect(200);
    assert_eq!(answer.json()["version"], 1);
}

/// Posts a harmless probe until the project's rules mask it: they travel through the control store,
/// sentinel and the access topic.
async fn until_rules_mask(stack: &Stack, application: &Application) {
    let probe = json!({
        "path": "/probe", "identifier": "probe", "service_name": application.service, "method": "GET",
        "request_body": {"lk_ref": "harmless"},
    });
    eventually("the project's rules mask", SOON, async || {
        let id = application.gateway.accept(&probe).await;
        let stored =
            format!("SELECT concat(request_body, ' ', toString(mask_rules)) FROM events WHERE id = '{id}'");
        let row = eventually("the probe is stored", SOON, async || {
            let row = stack.clickhouse.ask(&stored).await;
            holds(!row.is_empty(), "no row").map(|()| row)
        })
        .await;
        holds(row.contains("hash:") && row.ends_with(" 10000001"), row)
    })
    .await;
}

/// Posts and calls that are refused, each with secrets in it; returns what was answered.
async fn refused_posts(stack: &Stack, application: &Application) -> Vec<String> {
    let mut answers = Vec::new();
    let secret = word(0);
    for body in [
        format!(r#"{{"path":"/a?token={secret}","identifier":"{secret}"}}"#),
        format!(r#"{{"path":"/a","identifier":"x","service_name":"s","status_code":"{secret}"}}"#),
        format!(r#"{{"path":"/a","identifier":"x","service_name":"s s {secret}"}}"#),
        format!(r#"{{"path":"/a","identifier":"x","service_name":"s","event_type":"system.{secret}"}}"#),
        format!(
            r#"{{"path":"/a","identifier":"x","service_name":"s","request_body":{{"password":"{secret}"}}"#
        ),
        format!(r#"{{"path":"/a","identifier":"x","service_name":"s","timestamp":"{secret}"}}"#),
        format!("password={secret}"),
    ] {
        let answer = application.gateway.post_text("/v1/audit", body).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
        answers.push(answer.body);
    }
    let stranger = Gateway::new(&stack.ingests[0].url, &format!("bat_{}", "0f".repeat(32)));
    answers.push(stranger.post_text("/v1/audit", "{}").await.expect(401).body);
    let anonymous = Api::anonymous(&stack.query_api.url);
    let login = json!({"email": "owner@example.com", "password": "hunter2-of-the-login"});
    answers.push(anonymous.post("/v1/auth/login", &login).await.expect(401).body);
    let path = format!("/v1/projects/{}/masking-rules", application.project);
    let samples = json!({"samples": [{"request_body": {"password": secret, "lk_ref": secret}}]});
    answers.push(application.owner.post(&format!("{path}/dry-run"), &samples).await.expect(200).body);
    for path in [format!("/v1/audit?status_code={secret}"), format!("/v1/audit?start_date={secret}")] {
        answers.push(application.owner.get(&path).await.expect(400).body);
    }
    answers
}

/// Writes events whose JSON is none past the gateway, and a record that is none: dead letters.
async fn poison(stack: &Stack, application: &Application) {
    let producer: FutureProducer =
        Connection::plaintext(&stack.brokers).client("bataudit-e2e").create().expect("a producer");
    let project = uuid::Uuid::try_parse(&application.project).unwrap().into_bytes();
    for n in 0..POISONED {
        let (body, path, name, message) =
            (format!(r#"{{"password":"{}"#, word(n)), in_path(n, n), token(n), in_text(n, n));
        let event = Event {
            id: uuid::Uuid::now_v7().into_bytes(),
            project_id: project,
            request_body: &body,
            path: &path,
            user_name: &name,
            error_message: &message,
            ..Event::default()
        };
        let mut value = Vec::new();
        record::encode([event].iter(), &mut value);
        let header = Header { key: FORMAT_HEADER, value: Some(FORMAT) };
        let record = FutureRecord::<[u8], [u8]>::to(&stack.topics.events)
            .payload(&value)
            .headers(OwnedHeaders::new().insert(header));
        producer.send(record, SOON).await.map_err(|(error, _)| error).expect("an acknowledgement");
    }
    kafka::write(&stack.brokers, &stack.topics.events, in_json(0, 1).as_bytes()).await;
}

/// Waits until every event is stored and every dead letter written, and no more of either.
async fn settle(stack: &Stack, load: &Load) {
    let deadline = SOON + Duration::from_millis(load.events as u64 * 2);
    eventually("every event is stored", deadline, async || {
        // What people do here is an event too, but none of the load.
        let of_load =
            "SELECT count() FROM events WHERE path != '/probe' AND NOT startsWith(event_type, 'system.')";
        let stored = stack.clickhouse.number(of_load).await;
        holds(stored == load.events as u64, format!("{stored} of {}", load.events))
    })
    .await;
    eventually("every dead letter is written", SOON, async || {
        let letters = kafka::read_all(&stack.brokers, &stack.topics.dead_letters).await.len();
        holds(letters == POISONED + 1, format!("{letters} of {}", POISONED + 1))
    })
    .await;
}

async fn search(stack: &Stack, finder: &Finder, load: &Load) {
    let columns =
        "SELECT groupArray((table, name)) AS columns FROM system.columns WHERE database = currentDatabase()";
    let rows: Vec<Value> = stack.clickhouse.rows(columns).await;
    let columns: Vec<(String, String)> = serde_json::from_value(rows[0]["columns"].clone()).unwrap();
    assert!(columns.len() > 50, "{columns:?}");
    for (table, column) in &columns {
        // The bytes as they are, whatever the type: a state of an aggregate may hold text.
        let bytes = stack.clickhouse.ask(&format!("SELECT `{column}` FROM `{table}` FORMAT RowBinary")).await;
        finder.assert_none(&format!("{table}.{column}"), &bytes);
    }
    let masked = "SELECT countIf(position(request_body, '*****') > 0 OR match(request_body, 'hash:|null')) FROM events \
                  WHERE path != '/probe'";
    assert_eq!(
        stack.clickhouse.number(masked).await,
        load.events as u64,
        "every body shows that it was masked"
    );
    for letter in kafka::read_all(&stack.brokers, &stack.topics.dead_letters).await {
        let headers =
            letter.headers.iter().map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)));
        let headers = headers.collect::<Vec<_>>().join("\n");
        finder.assert_none("the headers of a dead letter", &headers);
        finder.assert_none("the key of a dead letter", &String::from_utf8_lossy(&letter.key));
        finder.assert_none("a dead letter", &String::from_utf8_lossy(&letter.value));
    }
    let services = stack.ingests.iter().chain([&stack.processor, &stack.sentinel, &stack.query_api]);
    for service in services {
        let log = service.process.log();
        assert!(
            log.contains("TRACE") || log.contains("trace"),
            "{} does not log at trace",
            service.process.name()
        );
        finder.assert_none(&format!("the log of {}", service.process.name()), &log);
        let metrics = reqwest::get(format!("{}/metrics", service.admin_url)).await.expect("metrics");
        finder.assert_none(
            &format!("the metrics of {}", service.process.name()),
            &metrics.text().await.unwrap(),
        );
    }
}
