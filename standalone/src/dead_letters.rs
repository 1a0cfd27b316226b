//! `bataudit dead-letters`: what could never be stored, and a second chance for it.
//!
//! In: the dead-letter topic, and for a replay the events topic. Out: text or JSON; a replay publishes the original
//! events again. What is printed was masked by the processor; the originals are never printed.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use bataudit_ledger::letters::{self, Letter};
use bataudit_ledger::replay::{self, Again, Original};
use bataudit_ledger::{SourcePlace, Sources};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::{DeadLetters, DeadLettersArguments, LetterFilter};
use crate::confirm;
use crate::verify_counts::sources;

/// Runs a subcommand.
pub(crate) fn run(asked: DeadLettersArguments) -> anyhow::Result<()> {
    let sources = sources(asked.data.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match asked.command {
            DeadLetters::List { filter, json } => {
                let letters = select(&sources, &filter, &[]).await?;
                print(&if json { lines(&letters) } else { table(&letters) })
            }
            DeadLetters::Show { place, json } => show(&sources, place, json).await,
            DeadLetters::Replay { places, filter, all, yes } => {
                let chosen = all || !places.is_empty() || filter.reason.is_some();
                if !(chosen || filter.project.is_some() || filter.hours.is_some()) {
                    bail!("name the places of letters, or a filter, or --all");
                }
                replay(&sources, &filter, &places, yes).await
            }
        }
    })
}

/// The letters that pass the filter, the newest `limit` of them, oldest first.
async fn select(
    sources: &Sources,
    filter: &LetterFilter,
    places: &[SourcePlace],
) -> anyhow::Result<Vec<Letter>> {
    let since =
        filter.hours.map_or(0, |hours| (Utc::now() - TimeDelta::hours(i64::from(hours))).timestamp_millis());
    let mut letters = letters::read(&sources.kafka, &sources.topics.dead_letters, since).await?;
    letters.retain(|letter| passes(letter, filter) && (places.is_empty() || places.contains(&letter.place)));
    letters.sort_by_key(|letter| (letter.written_at, letter.place));
    let surplus = letters.len().saturating_sub(filter.limit);
    Ok(letters.split_off(surplus))
}

fn passes(letter: &Letter, filter: &LetterFilter) -> bool {
    filter.reason.as_ref().is_none_or(|reason| *reason == letter.reason)
        && filter.project.is_none_or(|project| {
            letter.shown().is_some_and(|event| event.project_id == project.into_bytes())
        })
}

fn table(letters: &[Letter]) -> String {
    let mut text = format!("{:<18}{:<26}{:<20}{:>7}  detail\n", "place", "written (UTC)", "reason", "events");
    for letter in letters {
        // Writing to a string cannot fail.
        let _infallible = writeln!(
            text,
            "{:<18}{:<26}{:<20}{:>7}  {}",
            letter.place.to_string(),
            time(letter.written_at),
            letter.reason,
            letter.events,
            letter.detail
        );
    }
    let _infallible = writeln!(text, "{} dead letters", letters.len());
    text
}

fn lines(letters: &[Letter]) -> String {
    letters.iter().fold(String::new(), |text, letter| format!("{text}{}\n", summary(letter)))
}

fn summary(letter: &Letter) -> Value {
    let event = letter.shown();
    json!({
        "place": letter.place,
        "topic": letter.topic,
        "stream_epoch": letter.epoch,
        "written_at": time(letter.written_at),
        "reason": letter.reason,
        "detail": letter.detail,
        "events": letter.events,
        "sha256": letter.sha256,
        "id": event.as_ref().map(|event| Uuid::from_bytes(event.id)),
        "project_id": event.as_ref().map(|event| Uuid::from_bytes(event.project_id)),
    })
}

async fn show(sources: &Sources, place: SourcePlace, json: bool) -> anyhow::Result<()> {
    let mut letters = letters::read(&sources.kafka, &sources.topics.dead_letters, 0).await?;
    letters.retain(|letter| letter.place == place);
    let found = replay::find(&sources.kafka, &sources.topics, letters).await?;
    let Some(Original { letter, events }) = found.first() else {
        bail!("there is no dead letter {place}; `bataudit dead-letters list` shows all");
    };
    let mut answer = summary(letter);
    answer["event"] = letter.shown().as_ref().map_or(Value::Null, letters::masked);
    answer["replay"] = match events {
        Ok(events) => json!({ "possible": true, "events": events.len() }),
        Err(why) => json!({ "possible": false, "why": why.to_string() }),
    };
    if json {
        return print(&format!("{answer}\n"));
    }
    let mut text = String::new();
    for (name, value) in answer.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| format!("{value:#}"), str::to_owned);
        let _infallible = writeln!(text, "{name}: {value}");
    }
    print(&text)
}

async fn replay(
    sources: &Sources,
    filter: &LetterFilter,
    places: &[SourcePlace],
    yes: bool,
) -> anyhow::Result<()> {
    let letters = select(sources, filter, places).await?;
    if let Some(place) = places.iter().find(|place| letters.iter().all(|letter| letter.place != **place)) {
        bail!("there is no dead letter {place}; nothing was published");
    }
    let originals = replay::find(&sources.kafka, &sources.topics, letters).await?;
    let mut events: Vec<Again> = Vec::new();
    let mut text = String::new();
    for Original { letter, events: found } in originals {
        // Writing to a string cannot fail.
        let _infallible = match found {
            Ok(found) => {
                events.extend(found);
                writeln!(text, "{}: will be published again", letter.place)
            }
            Err(why) => writeln!(text, "{}: cannot be replayed: {why}", letter.place),
        };
    }
    let _infallible =
        writeln!(text, "{} events will be published again to {}", events.len(), sources.topics.events);
    print(&text)?;
    if events.is_empty() {
        return Ok(());
    }
    if !(yes || confirm::agreed("nothing was published")?) {
        bail!("nothing was published");
    }
    let published = replay::publish(&sources.kafka, &sources.topics, &events).await;
    let published =
        published.context("not all events were acknowledged; run the same again, it cannot double any")?;
    print(&format!("{published} events were published again\n"))
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

fn time(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}
