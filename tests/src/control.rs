//! A control store for one test: a database of its own in PostgreSQL.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

/// Makes a database and returns its URL.
///
/// # Panics
/// When PostgreSQL refuses.
pub async fn create(admin_url: &str, name: &str) -> String {
    execute(admin_url, &format!("CREATE DATABASE \"{name}\""))
        .await
        .expect("a database for the control store");
    let (server, _) = admin_url.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}")
}

/// Drops the database, whoever is still connected.
///
/// # Errors
/// When PostgreSQL refuses or does not answer.
pub async fn remove(admin_url: &str, name: &str) -> Result<(), String> {
    execute(admin_url, &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await
}

/// Carries out statements, such as the migration of a version that is still to come.
///
/// # Panics
/// When PostgreSQL refuses.
pub async fn carry_out(url: &str, statements: &str) {
    execute(url, statements).await.unwrap_or_else(|error| panic!("{statements}: {error}"));
}

/// All texts and hashes of a column, for what must not be there.
///
/// # Panics
/// When PostgreSQL refuses.
pub async fn texts(url: &str, statement: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    let rows = sqlx::query_scalar(statement).fetch_all(&mut connection).await;
    rows.unwrap_or_else(|error| panic!("{statement}: {error}"))
}

async fn execute(url: &str, statement: &str) -> Result<(), String> {
    let work = async {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await
    };
    let done = tokio::time::timeout(Duration::from_secs(20), work).await;
    done.map_err(|_| "PostgreSQL did not answer".to_owned())?.map_err(|error| error.to_string())
}
