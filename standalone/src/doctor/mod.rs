//! `bataudit doctor`: whether every dependency and setting of an installation is as it must be.
//!
//! In: the same environment as the services, or the folder of a `bataudit up`. Out: findings, each with what to do about it, and an exit code. It changes
//! nothing, and no secret is in what it says. `settings` reads the environment; each other room asks one part and
//! judges what it heard.

mod certificates;
mod clickhouse;
mod control;
mod finding;
mod kafka;
mod running;
mod settings;

use std::io::{self, Write as _};

use anyhow::bail;
use bataudit_service::Env;

use crate::cli::{DoctorArguments, Part};
use crate::up::Beside;
use finding::{Finding, State, fail, ok};
use settings::Places;

/// Every service.
const ALL: [Part; 4] = [Part::Ingest, Part::Processor, Part::QueryApi, Part::Sentinel];

/// Checks everything; an error when something must be fixed.
pub(crate) fn run(asked: &DoctorArguments) -> anyhow::Result<()> {
    let services = if asked.services.is_empty() { &ALL[..] } else { &asked.services };
    let beside = Beside::find(Env::from_process(), asked.data.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let findings = runtime.block_on(async {
        match &beside {
            Some(beside) => of_installation(beside, services).await,
            None => of_environment(services).await,
        }
    });
    let text = if asked.json { finding::json(&findings) } else { finding::text(&findings) };
    io::stdout().write_all(text.as_bytes())?;
    match findings.iter().filter(|found| found.state == State::Fail).count() {
        0 => Ok(()),
        1 => bail!("one thing must be fixed: see above"),
        count => bail!("{count} things must be fixed: see above"),
    }
}

async fn of_environment(services: &[Part]) -> Vec<Finding> {
    let (places, mut findings) = settings::read(&Env::from_process(), services);
    findings.extend(ask(&places, services).await);
    findings
}

/// Of `bataudit up`, whose services are one process. While it does not run, nothing behind it can be asked.
async fn of_installation(beside: &Beside, services: &[Part]) -> Vec<Finding> {
    let folder = beside.folder.display();
    let mut findings = vec![ok("installation", format!("`bataudit up` in {folder}"))];
    let (places, settings) = settings::read(&beside.env, services);
    findings.extend(settings);
    if !beside.runs() {
        let says = "it does not run: neither its broker nor its ClickHouse takes connections";
        let advice = format!("start it: `bataudit up --data {folder}`; its logs are in {folder}/logs");
        findings.push(fail("running.up", says, advice));
        return findings;
    }
    let places = Places { admin: vec![("running.up", beside.admin)], ..places };
    findings.extend(ask(&places, services).await);
    findings
}

async fn ask(places: &Places, services: &[Part]) -> Vec<Finding> {
    let wants = |some: &[Part]| services.iter().any(|service| some.contains(service));
    let mut findings = certificates::check(&places.certificates);
    if wants(&[Part::Ingest, Part::Processor, Part::Sentinel]) {
        findings.extend(kafka::check(places, wants(&[Part::Processor, Part::Sentinel])).await);
    }
    if wants(&[Part::Processor, Part::QueryApi, Part::Sentinel]) {
        findings.extend(clickhouse::check(places, wants(&[Part::Processor])).await);
    }
    if wants(&[Part::QueryApi, Part::Sentinel]) {
        findings.extend(control::check(&places.control).await);
    }
    findings.extend(running::check(places).await);
    findings
}
