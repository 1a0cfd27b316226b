//! The settings of each service, read by the service's own code. In: the environment. Out: where everything is, and
//! what is wrong with the variables. Values are never told, only names and what they must be.

use std::net::SocketAddr;
use std::path::PathBuf;

use bataudit_ledger::Sources;
use bataudit_service::{Env, Field};

use super::finding::{Finding, fail, ok};
use crate::cli::Part;
use bataudit_kafka::topics::TopicLayout;

/// Files with certificates.
const CERTIFICATES: [&Field; 6] = [
    &bataudit_ingest::config::TLS_CERTIFICATE,
    &bataudit_query_api::config::TLS_CERTIFICATE,
    &bataudit_kafka::connection::CA_FILE,
    &bataudit_kafka::connection::CERTIFICATE_FILE,
    &bataudit_store::connection::CA_FILE,
    &bataudit_store::connection::CERTIFICATE_FILE,
];

/// Where everything is.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Brokers, topics, group and ClickHouse.
    pub(super) books: Sources,
    /// How topics are to be laid out.
    pub(super) layout: TopicLayout,
    /// The control store.
    pub(super) control: bataudit_control::Config,
    /// Files with certificates, by the variable that names them.
    pub(super) certificates: Vec<(&'static str, PathBuf)>,
    /// Where services tell how they are, by the name of the check.
    pub(super) admin: Vec<(&'static str, SocketAddr)>,
}

/// Reads everything that these services read.
pub(super) fn read(env: &Env, services: &[Part]) -> (Places, Vec<Finding>) {
    let findings = services.iter().map(|service| settings_of(*service, env.clone())).collect();
    let mut env = env.clone();
    let places = Places {
        books: Sources::from_env(&mut env),
        layout: TopicLayout::from_env(&mut env),
        control: bataudit_control::Config::from_env(&mut env),
        certificates: CERTIFICATES
            .iter()
            .filter_map(|field| Some((field.name, PathBuf::from(env.optional(field)?))))
            .collect(),
        admin: services
            .iter()
            .map(|service| (running(*service), env.address(admin_field(*service))))
            .collect(),
    };
    (places, findings)
}

/// The check of whether a service is ready.
fn running(service: Part) -> &'static str {
    match service {
        Part::Ingest => "running.ingest",
        Part::Processor => "running.processor",
        Part::QueryApi => "running.query-api",
        Part::Sentinel => "running.sentinel",
    }
}

/// Where a service tells how it is.
fn admin_field(service: Part) -> &'static Field {
    match service {
        Part::Ingest => &bataudit_ingest::config::ADMIN,
        Part::Processor => &bataudit_processor::config::ADMIN_ADDRESS,
        Part::QueryApi => &bataudit_query_api::config::ADMIN_ADDRESS,
        Part::Sentinel => &bataudit_sentinel::ADMIN,
    }
}

fn settings_of(service: Part, mut env: Env) -> Finding {
    let check = match service {
        Part::Ingest => {
            drop(bataudit_ingest::Config::from_env(&mut env));
            "settings.ingest"
        }
        Part::Processor => {
            drop(bataudit_processor::Config::from_env(&mut env));
            "settings.processor"
        }
        Part::QueryApi => {
            drop(bataudit_query_api::Config::from_env(&mut env));
            drop(bataudit_store::Connection::from_env(&mut env));
            drop(bataudit_control::Config::of_service(&mut env));
            "settings.query-api"
        }
        Part::Sentinel => {
            drop(bataudit_sentinel::Config::from_env(&mut env));
            "settings.sentinel"
        }
    };
    env.address(admin_field(service));
    match env.finish() {
        Ok(()) => ok(check, "every variable can be used"),
        Err(wrong) => {
            fail(check, wrong.problems().join("; "), "set these variables; `bataudit env` explains each")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn problems_are_told_by_service_and_without_values() {
        let env = Env::from_pairs([("JWT_SECRET", "hunter2"), ("BATAUDIT_KAFKA_BROKERS", ",")]);
        let (_, findings) = read(&env, &[Part::Ingest, Part::QueryApi]);
        assert!(findings.iter().all(|found| found.state == State::Fail), "{findings:?}");
        assert!(findings[0].says.contains("BATAUDIT_KAFKA_BROKERS must name"), "{findings:?}");
        assert!(!findings[0].says.contains("JWT_SECRET"), "ingest does not read it");
        assert!(
            findings[1].says.contains("JWT_SECRET is too short") && !findings[1].says.contains("hunter2")
        );
    }
}
