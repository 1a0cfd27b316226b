//! The database of an original BatAudit (version 1), as its own migrations make it.

use std::fmt::Write as _;

use sqlx::{Connection as _, PgConnection};

use crate::cleanup::blocking;
use crate::control;
use crate::services::Services;

/// The original's tables. Events came to be related to projects later; rows from before may name any.
const SCHEMA: &str = "
CREATE TABLE users (id varchar(64) PRIMARY KEY, name varchar(128) NOT NULL, email varchar(128) NOT NULL UNIQUE,
  password_hash text NOT NULL, role varchar(32) NOT NULL DEFAULT 'viewer', created_at timestamptz);
CREATE TABLE projects (id varchar(64) PRIMARY KEY, name varchar(128) NOT NULL, slug varchar(128) NOT NULL UNIQUE,
  created_by varchar(64), created_at timestamptz);
CREATE TABLE project_members (user_id varchar(64) NOT NULL REFERENCES users (id),
  project_id varchar(64) NOT NULL REFERENCES projects (id), role varchar(32), PRIMARY KEY (user_id, project_id));
CREATE TABLE api_keys (id varchar(64) PRIMARY KEY, key_hash varchar(64) NOT NULL, project_id varchar(64),
  name varchar(128), created_at timestamptz, expires_at timestamptz, active boolean NOT NULL DEFAULT true);
CREATE TABLE invites (id varchar(64) PRIMARY KEY, token varchar(64) NOT NULL UNIQUE, email varchar(128) NOT NULL,
  role varchar(32), created_by varchar(64), expires_at timestamptz, used_at timestamptz, created_at timestamptz);
CREATE TABLE anomaly_rules (id varchar(64) PRIMARY KEY, project_id varchar(64) NOT NULL, rule_type varchar(64) NOT NULL,
  threshold double precision NOT NULL, window_seconds bigint NOT NULL DEFAULT 0, active boolean NOT NULL DEFAULT true,
  created_at timestamptz);
CREATE TABLE notification_channels (id varchar(64) PRIMARY KEY, project_id varchar(64) NOT NULL, type varchar(16) NOT NULL,
  config jsonb NOT NULL, active boolean NOT NULL DEFAULT true, created_at timestamptz);
CREATE TABLE notification_deliveries (id varchar(64) PRIMARY KEY, channel_id varchar(64) NOT NULL,
  alert_event_id varchar(64), status varchar(16) NOT NULL, status_code bigint, response_body text,
  delivered_at timestamptz);
CREATE TABLE audit_summaries (period_start timestamp NOT NULL, period_type varchar(8) NOT NULL,
  project_id varchar(64) NOT NULL, service_name varchar(128) NOT NULL, status_2xx bigint, status_3xx bigint,
  status_4xx bigint, status_5xx bigint, avg_ms double precision, p95_ms double precision, event_count bigint,
  UNIQUE (period_start, period_type, project_id, service_name));
CREATE TABLE healthcheck_monitors (id varchar(64) PRIMARY KEY, project_id varchar(64) NOT NULL, name varchar(128) NOT NULL,
  url text NOT NULL, interval_seconds bigint DEFAULT 60, timeout_seconds bigint DEFAULT 10,
  expected_status bigint DEFAULT 200, enabled boolean DEFAULT true, last_status varchar(16) DEFAULT 'unknown',
  last_checked_at timestamptz, created_at timestamptz, updated_at timestamptz);
CREATE TABLE healthcheck_results (id varchar(64) PRIMARY KEY, monitor_id varchar(64) NOT NULL, status varchar(16) NOT NULL,
  status_code bigint, response_ms bigint, error text, checked_at timestamptz);
CREATE TABLE wallboard_tokens (id varchar(64) PRIMARY KEY, name varchar(128), code varchar(16) NOT NULL UNIQUE,
  refresh_hash varchar(64), project_id varchar(64), expires_at timestamptz, created_at timestamptz,
  last_used_at timestamptz);
CREATE TABLE reports (id varchar(64) PRIMARY KEY, project_id varchar(64), name varchar(255) NOT NULL, widgets jsonb,
  layout jsonb, created_by varchar(64), created_at timestamptz, updated_at timestamptz);
CREATE TABLE audits (id varchar(64) PRIMARY KEY, method varchar(8), path varchar(255), status_code integer,
  response_time bigint, identifier varchar(128), user_email varchar(128), user_name varchar(128), user_roles jsonb,
  user_type varchar(64), tenant_id varchar(64), ip varchar(64), user_agent varchar(255), request_id varchar(128),
  query_params jsonb, path_params jsonb, request_body jsonb, response_body jsonb, error_message text,
  service_name varchar(128), environment varchar(64), timestamp timestamp, project_id varchar(64),
  source varchar(16) DEFAULT 'backend', event_type varchar(32) DEFAULT 'http', session_id varchar(100));
CREATE INDEX ON audits (event_type);
CREATE INDEX ON audits (session_id);
CREATE INDEX ON audits (project_id, timestamp);
CREATE INDEX ON audits (project_id, service_name, timestamp);
";

/// Such a database, gone when it is dropped.
#[derive(Debug)]
pub struct Original {
    /// Where it is.
    pub url: String,
    admin_url: String,
    name: String,
}

impl Original {
    /// An empty one.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn create() -> Self {
        let admin_url = Services::running().postgres_url;
        let name = format!("original_{:08x}", rand::random::<u32>());
        let url = control::create(&admin_url, &name).await;
        let original = Self { url, admin_url, name };
        original.run(SCHEMA).await;
        original
    }

    /// Runs statements.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn run(&self, statements: &str) {
        let mut connection = PgConnection::connect(&self.url).await.expect("PostgreSQL");
        let done = sqlx::raw_sql(statements).execute(&mut connection).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// Adds an event: a column and its SQL expression each, and of the rest the usual.
    pub async fn event(&self, columns: &[(&str, &str)]) {
        let usual = [
            ("id", "gen_random_uuid()::text"),
            ("method", "'GET'"),
            ("path", "'/api/users'"),
            ("status_code", "200"),
            ("response_time", "12"),
            ("identifier", "'user-1'"),
            ("service_name", "'shop'"),
            ("environment", "'production'"),
            ("timestamp", "(now() AT TIME ZONE 'UTC') - interval '2 days'"),
            ("event_type", "''"),
        ];
        let rest = usual.into_iter().filter(|(name, _)| columns.iter().all(|(given, _)| given != name));
        let (mut names, mut values) = (String::new(), String::new());
        for (name, value) in rest.chain(columns.iter().copied()) {
            let comma = if names.is_empty() { "" } else { ", " };
            write!(names, "{comma}{name}").expect("writing to memory");
            write!(values, "{comma}{value}").expect("writing to memory");
        }
        self.run(&format!("INSERT INTO audits ({names}) VALUES ({values})")).await;
    }
}

impl Drop for Original {
    fn drop(&mut self) {
        let (admin_url, name) = (self.admin_url.clone(), self.name.clone());
        if let Err(error) = blocking(async move || control::remove(&admin_url, &name).await) {
            println!("left behind: {error}");
        }
    }
}
