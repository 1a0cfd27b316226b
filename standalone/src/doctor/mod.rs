//! `bataudit doctor`: whether every dependency and setting of an installation is as it must be.
//!
//! In: the same environment as the services. Out: findings, each with what to do about it, and an exit code. It changes
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
use finding::{Finding, State};
use settings::Places;

/// Every service.
const ALL: [Part; 4] = [Part::Ingest, Part::Processor, Part::QueryApi, Part::Sentinel];

/// Checks everything; an error when something must be fixed.
pub(crate) fn run(asked: &DoctorArguments) -> anyhow::Result<()> {
    let services = if asked.services.is_empty() { &ALL[..] } else { &asked.services };
    let (places, mut findings) = settings::read(&Env::from_process(), services);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    findings.extend(runtime.block_on(ask(&places, services)));
    let text = if asked.json { finding::json(&findings) } else { finding::text(&findings) };
    io::stdout().write_all(text.as_bytes())?;
    match findings.iter().filter(|found| found.state == State::Fail).count() {
        0 => Ok(()),
        1 => bail!("one thing must be fixed: see above"),
        count => bail!("{count} things must be fixed: see above"),
    }
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
    findings.extend(running::check(places, services).await);
    findings
}
