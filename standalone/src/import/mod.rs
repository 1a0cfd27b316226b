//! `bataudit import`: brings an original installation over.
//!
//! In: the original's database, and where the services have their data. Out: users, projects, keys, rules, channels,
//! monitors, screens and reports in the control store, events in the line, and a report of every row. What is here
//! already stays as it is, so it may be run again.
//!
//! `source` reads (`rows`, `event`), `undo` gives texts back what the original did to them; `people`, `projects`, `alerts`
//! and `watching` fill the control store; `survey`, `events` and `line` see to the events.

mod alerts;
mod context;
mod event;
mod events;
mod ids;
mod line;
mod people;
mod progress;
mod projects;
mod rejects;
mod rows;
mod source;
mod survey;
pub(crate) mod tally;
mod undo;
mod watching;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bataudit_control::outbox::{self, Act};
use bataudit_control::{Actor, Store, clock, imports};
use bataudit_ledger::Sources;
use bataudit_service::Shutdown;
use bataudit_service::telemetry::LogConfig;
use chrono::{DateTime, SecondsFormat, Utc};

use self::context::{Context, Options};
use self::events::{Checkpoint, Events};
use self::line::Line;
use self::progress::Progress;
use self::rejects::Rejects;
use self::source::Source;
use self::survey::Survey;
use self::tally::{Kind, Tally};
use crate::cli::ImportArguments;
use crate::{confirm, up};

/// How long a page of events may take to be acknowledged and noted after a signal.
const GRACE: Duration = Duration::from_secs(20);

/// Where everything goes.
struct Target {
    control: bataudit_control::Config,
    sources: Sources,
    /// Days raw events are kept where their project says nothing.
    raw_days: u32,
}

/// Imports, and prints the report.
pub(crate) fn run(asked: &ImportArguments) -> anyhow::Result<()> {
    let kinds: BTreeSet<Kind> = match asked.only.as_slice() {
        [] => Kind::ALL.into_iter().collect(),
        only => only.iter().copied().collect(),
    };
    let kinds: BTreeSet<Kind> = kinds.into_iter().filter(|kind| !asked.without.contains(kind)).collect();
    let mut env = up::environment(asked.data.as_deref())?;
    let log = LogConfig::from_env(&mut env);
    let target = Target {
        control: bataudit_control::Config::of_service(&mut env),
        sources: Sources::from_env(&mut env),
        raw_days: bataudit_sentinel::raw_days(&mut env),
    };
    env.finish()?;
    log.start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(all(asked, kinds, &target))
}

async fn all(asked: &ImportArguments, kinds: BTreeSet<Kind>, target: &Target) -> anyhow::Result<()> {
    let stop = Shutdown::on_signals().context("cannot watch for signals")?;
    let store = Store::connect(&target.control).await.context("cannot open the control store")?;
    let missing = store
        .missing_migrations()
        .await
        .context("the control store is not prepared; run `bataudit migrate`")?;
    if !missing.is_empty() {
        bail!(
            "the control store lacks migrations; run `bataudit migrate`, or start this version's `bataudit up`"
        );
    }
    // A person does this, though nobody knows which.
    let actor = Actor { user_agent: "bataudit import".to_owned(), ..Actor::default() };
    let options = Options {
        kinds,
        is_dry: asked.dry_run,
        key_scope: asked.key_scope,
        pause_channels: asked.pause_channels,
    };
    let mut context = Context {
        source: Source::open(&asked.url).await?,
        store: store.acting(actor),
        options,
        tally: Tally::default(),
        users: HashMap::new(),
        projects: HashMap::new(),
        originals: HashSet::new(),
        now: clock::now_ms(),
    };
    let result = tokio::select! {
        result = work(&mut context, asked, target, &stop) => result,
        // A statement that takes long is not waited for.
        () = async { stop.triggered().await; tokio::time::sleep(GRACE).await } => Ok(false),
    };
    let is_whole = matches!(result, Ok(true));
    let print = report(&context.tally, asked, is_whole);
    let Context { source, .. } = context;
    source.close().await;
    store.close().await;
    // What was done is told also when the rest failed.
    print?;
    match result {
        Ok(true) => Ok(()),
        Ok(false) => bail!("stopped; run the same again to go on where it stopped"),
        Err(error) => Err(error.context("not everything was imported; run the same again to go on")),
    }
}

/// Everything that is wanted. Whether it came to the end.
async fn work(
    context: &mut Context,
    asked: &ImportArguments,
    target: &Target,
    stop: &Shutdown,
) -> anyhow::Result<bool> {
    people::users(context).await?;
    projects::projects(context).await?;
    for kind in Kind::ALL {
        if stop.is_triggered() {
            return Ok(false);
        }
        if !context.wants(kind) {
            continue;
        }
        match kind {
            Kind::Users | Kind::Projects | Kind::Events => {}
            Kind::Members => projects::memberships(context).await?,
            Kind::Keys => projects::api_keys(context).await?,
            Kind::Invites => people::open_invites(context).await?,
            Kind::Rules => alerts::rules(context).await?,
            Kind::Channels => alerts::channels(context).await?,
            Kind::Monitors => watching::monitors(context).await?,
            Kind::Screens => watching::screens(context).await?,
            Kind::Reports => watching::reports(context).await?,
            Kind::Summaries => watching::summaries(context, asked.summaries.as_deref()).await?,
        }
    }
    if !context.wants(Kind::Events) {
        return Ok(true);
    }
    events(context, asked, target, stop).await
}

async fn events(
    context: &mut Context,
    asked: &ImportArguments,
    target: &Target,
    stop: &Shutdown,
) -> anyhow::Result<bool> {
    tell("Counting the original's events.")?;
    let since = asked.since.map(|since| since.timestamp_millis());
    let survey = Survey::make(&mut context.source, since).await?;
    let total = survey.events();
    context.tally.of(Kind::Events).found = total;
    if !warn_of_age(context, asked, target, &survey).await? {
        return Ok(false);
    }
    let resumed = match asked.dry_run {
        true => None,
        false => events::resume(context, &survey, since).await?,
    };
    if let Some(done) = &resumed {
        tell(&format!("Going on after {} events that an earlier run has done.", done.counts.handled()))?;
    }
    let path = asked.rejects.clone().unwrap_or_else(|| {
        PathBuf::from(format!("bataudit-import-rejects-{}.ndjson", Utc::now().format("%Y%m%dT%H%M%SZ")))
    });
    // A later run may be started in another folder.
    let rejects = std::path::absolute(path)?;
    let done = resumed.unwrap_or_else(|| Checkpoint { since, rejects, ..Checkpoint::default() });
    let line = if asked.dry_run { None } else { Some(Line::open(&target.sources).await?) };
    let rejects = Rejects::at(done.rejects.clone(), done.rejects_bytes)?;
    let mut events = Events {
        context: &mut *context,
        line,
        survey,
        done,
        rejects,
        progress: Progress::new(total),
        stop: stop.clone(),
        by_service: HashMap::new(),
    };
    let result = events.run().await;
    let Events { line, done, rejects, survey, .. } = events;
    line.into_iter().for_each(Line::close);
    *context.tally.of(Kind::Events) = tally::Counts { found: total, ..done.counts.clone() };
    let is_whole = result?;
    if rejects.bytes() > 0 {
        let path = rejects.path().display();
        context.tally.note("Events that were refused, unmasked and readable by you only", path.to_string());
    }
    if is_whole && !asked.dry_run {
        finish(context, &done, &survey).await?;
    }
    Ok(is_whole)
}

/// Writes down what was done, and forgets how far it came: another run begins anew, and finds all there.
async fn finish(context: &mut Context, done: &Checkpoint, survey: &Survey) -> anyhow::Result<()> {
    imports::forget(&context.store, &context.source.name).await?;
    let details = serde_json::json!({"source": context.source.name, "counts": done.counts});
    outbox::record(&context.store, Act::done("IMPORT", "/events".to_owned()).with(details)).await?;
    if let Some(first) = survey.first().map(|first| first.max(0)).and_then(DateTime::from_timestamp_millis) {
        let first = first.to_rfc3339_opts(SecondsFormat::Secs, true);
        let check = format!("bataudit verify-counts --from {first}");
        context
            .tally
            .note("Once the processors have stored everything, check that nothing is missing", check);
    }
    Ok(())
}

/// Says what retention will remove, and asks whether to go on.
async fn warn_of_age(
    context: &mut Context,
    asked: &ImportArguments,
    target: &Target,
    survey: &Survey,
) -> anyhow::Result<bool> {
    let old = survey::too_old(context, survey, target.raw_days).await?;
    let events: u64 = old.values().sum();
    if events == 0 {
        return Ok(true);
    }
    for ((project, days), events) in &old {
        let line = format!("{events} of {project}, which keeps {days} days");
        context
            .tally
            .note("Events that retention removes in its next pass; their counts by hour and day stay", line);
    }
    if asked.dry_run || asked.yes {
        return Ok(true);
    }
    tell(&format!(
        "{events} events are older than their projects keep events, and will be removed in the night after they were \
         imported, but for what is under a legal hold; their counts by hour and day stay. To keep them, first raise \
         TIERING_RAW_DAYS, or the retention of the project (365 days at most)."
    ))?;
    confirm::agreed("no event was imported")
}

fn tell(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stderr(), "{line}")?)
}

fn report(tally: &Tally, asked: &ImportArguments, is_whole: bool) -> anyhow::Result<()> {
    let text = if asked.json {
        format!("{}\n", serde_json::to_string_pretty(&tally.json(asked.dry_run, is_whole))?)
    } else {
        tally.table(asked.dry_run)
    };
    Ok(io::stdout().write_all(text.as_bytes())?)
}
