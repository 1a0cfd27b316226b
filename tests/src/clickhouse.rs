//! ClickHouse over HTTP, as the checker of the tests: a database of its own, and statements.

use std::time::Duration;

use bataudit_service::Env;
use bataudit_store::connection::{self, Connection};
use serde::de::DeserializeOwned;

use crate::services::Services;

/// A database that exists as long as the test.
#[derive(Debug, Clone)]
pub struct ClickHouse {
    http: reqwest::Client,
    url: String,
    user: String,
    password: String,
    database: String,
}

impl ClickHouse {
    /// Makes a database.
    ///
    /// # Panics
    /// When ClickHouse refuses.
    pub async fn create(services: &Services, database: &str) -> Self {
        let clickhouse =
            Self::at(&services.clickhouse_url, &services.clickhouse_user, &services.clickhouse_password);
        clickhouse.ask(&format!("CREATE DATABASE `{database}`")).await;
        clickhouse.with_database(database)
    }

    /// An engine at this address, in its default database.
    #[must_use]
    pub fn at(url: &str, user: &str, password: &str) -> Self {
        Self {
            http: client(),
            url: url.to_owned(),
            user: user.to_owned(),
            password: password.to_owned(),
            database: "default".to_owned(),
        }
    }

    /// The same engine, another database.
    #[must_use]
    pub fn with_database(self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self }
    }

    /// The name of the database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The services' own way to it, as this user.
    ///
    /// # Panics
    /// When the address is none.
    #[must_use]
    pub fn connection(&self, user: &str, password: &str) -> Connection {
        let mut env = Env::default()
            .with(&connection::URL, &self.url)
            .with(&connection::USER, user)
            .with(&connection::PASSWORD, password)
            .with(&connection::DATABASE, &self.database);
        let connection = Connection::from_env(&mut env);
        env.finish().expect("an address");
        connection
    }

    /// Runs a statement and returns its answer.
    ///
    /// # Panics
    /// When ClickHouse refuses it.
    pub async fn ask(&self, statement: &str) -> String {
        self.try_ask(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// What ClickHouse answered, or that it did not.
    pub async fn try_ask(&self, statement: &str) -> Result<String, String> {
        let request = self
            .http
            .post(&self.url)
            .query(&[("database", self.database.as_str()), ("wait_end_of_query", "1")])
            .basic_auth(&self.user, Some(&self.password))
            .body(statement.to_owned());
        let response = request.send().await.map_err(|error| error.to_string())?;
        let ok = response.status().is_success();
        let text = response.text().await.map_err(|error| error.to_string())?;
        if ok { Ok(text.trim_end().to_owned()) } else { Err(text) }
    }

    /// The one number that a statement answers.
    pub async fn number(&self, statement: &str) -> u64 {
        let answer = self.ask(statement).await;
        answer.parse().unwrap_or_else(|_| panic!("{statement} answered {answer}"))
    }

    /// The rows that a statement answers, columns by name.
    ///
    /// # Panics
    /// When they have another shape.
    pub async fn rows<T: DeserializeOwned>(&self, statement: &str) -> Vec<T> {
        let settings = "output_format_json_quote_64bit_integers = 0";
        let answer = self.ask(&format!("{statement} SETTINGS {settings} FORMAT JSONEachRow")).await;
        let rows = answer.lines().map(serde_json::from_str);
        rows.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{statement}: {error}"))
    }
}

fn client() -> reqwest::Client {
    // No connection is kept: an idle one would delay the stop of an engine by 5 s.
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).pool_max_idle_per_host(0);
    client.build().expect("an HTTP client")
}
