//! `bataudit demo`, as a person or the tests of the pages start it.

use std::time::Duration;

use serde_json::Value;

use crate::api::Api;
use crate::embedded::{Installation, Up};
use crate::wait::{eventually, holds};

/// The longest that filling may take before the test gives up on it.
const FILLED_WITHIN: Duration = Duration::from_secs(240);

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    /// The installation it runs in.
    pub up: Up,
    /// What it says there is.
    pub report: Value,
}

impl Demo {
    /// Starts it with these arguments, and waits until it says that all is there.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start(installation: &mut Installation, arguments: &[&str]) -> Self {
        installation.arguments = Self::arguments(installation, arguments);
        let mut up = installation.answering().await;
        let file = installation.data().join("demo.json");
        let report = eventually("the demo is filled", FILLED_WITHIN, async || {
            assert!(up.process.ended().is_none(), "it ended:\n{}", up.process.tail());
            let text = std::fs::read(&file).map_err(|error| error.to_string())?;
            serde_json::from_slice(&text).map_err(|error| error.to_string())
        })
        .await;
        Self { up, report }
    }

    /// The command line of a demo in the installation's folder.
    #[must_use]
    pub fn arguments(installation: &Installation, more: &[&str]) -> Vec<String> {
        let data = installation.data().display().to_string();
        ["demo", "--data", &data].iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    /// The session of somebody with this role.
    pub async fn login(&self, role: &str) -> Api {
        let logins = self.report["logins"].as_array().expect("logins");
        let login = logins.iter().find(|login| login["role"] == role).expect("somebody with this role");
        let [email, password] = ["email", "password"].map(|field| login[field].as_str().expect("a text"));
        Api::login(&self.up.api_url, email, password).await
    }

    /// A project, as the report has it.
    #[must_use]
    pub fn project(&self, slug: &str) -> &Value {
        let projects = self.report["projects"].as_array().expect("projects");
        projects.iter().find(|project| project["slug"] == slug).expect("this project")
    }

    /// A project's id.
    #[must_use]
    pub fn id(&self, slug: &str) -> &str {
        self.project(slug)["id"].as_str().expect("an id")
    }

    /// How many events a project has by the figures of the API, of the last 30 days.
    ///
    /// # Errors
    /// When the API did not answer with a number.
    pub async fn counted(&self, api: &Api, slug: &str) -> Result<u64, String> {
        let start = chrono::Utc::now() - chrono::TimeDelta::days(31);
        let start = start.format("%Y-%m-%dT%H:%M:%SZ");
        let path = format!("/v1/audit/stats?project_id={}&start_date={start}", self.id(slug));
        let answer = api.try_get(&path).await?;
        holds(answer.status == 200, format!("{answer:?}"))?;
        answer.json()["total"].as_u64().ok_or_else(|| format!("{answer:?}"))
    }
}
