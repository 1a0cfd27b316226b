-- Addresses that are looked at in intervals. `since_ms` is the check that found the status, `known_ms` how much of
-- the time since then was watched. `due_at` is when the next check is.
CREATE TABLE IF NOT EXISTS monitors (
    id                       TEXT   NOT NULL PRIMARY KEY,
    project_id               TEXT   NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name                     TEXT   NOT NULL,
    url                      TEXT   NOT NULL,
    interval_seconds         BIGINT NOT NULL,
    timeout_seconds          BIGINT NOT NULL,
    expected_status          BIGINT NOT NULL,
    certificate_warning_days BIGINT NOT NULL,
    enabled                  BIGINT NOT NULL,
    status                   TEXT   NOT NULL CHECK (status IN ('up', 'down', 'unknown')),
    since_ms                 BIGINT,
    known_ms                 BIGINT NOT NULL,
    checked_at               BIGINT,
    due_at                   BIGINT NOT NULL,
    certificate_expires_at   BIGINT,
    certificate_warned       BIGINT,
    created_by               TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at               BIGINT NOT NULL,
    updated_at               BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS monitors_by_project ON monitors (project_id);
CREATE INDEX IF NOT EXISTS monitors_by_due ON monitors (enabled, due_at);

-- What each check saw.
CREATE TABLE IF NOT EXISTS monitor_checks (
    id          TEXT   NOT NULL PRIMARY KEY,
    monitor_id  TEXT   NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
    status      TEXT   NOT NULL CHECK (status IN ('up', 'down')),
    status_code BIGINT,
    response_ms BIGINT NOT NULL,
    error       TEXT,
    checked_at  BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS monitor_checks_by_monitor ON monitor_checks (monitor_id, checked_at);
CREATE INDEX IF NOT EXISTS monitor_checks_by_time ON monitor_checks (checked_at);

-- From when to when a status was seen without a break. Between two spans nobody looked.
CREATE TABLE IF NOT EXISTS monitor_spans (
    monitor_id TEXT   NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
    from_ms    BIGINT NOT NULL,
    to_ms      BIGINT NOT NULL,
    status     TEXT   NOT NULL CHECK (status IN ('up', 'down')),
    PRIMARY KEY (monitor_id, from_ms)
);
CREATE INDEX IF NOT EXISTS monitor_spans_by_end ON monitor_spans (to_ms);

-- What is still to be told as an event. It outlives its monitor.
CREATE TABLE IF NOT EXISTS monitor_changes (
    id         TEXT   NOT NULL PRIMARY KEY,
    project_id TEXT   NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- Checks that somebody asked for, and what they saw.
CREATE TABLE IF NOT EXISTS monitor_trials (
    id         TEXT   NOT NULL PRIMARY KEY,
    monitor_id TEXT   NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
    result     TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS monitor_trials_by_time ON monitor_trials (created_at);
