-- How long a project's events are kept. A project without a row, and a value without a number, follow the
-- installation.
CREATE TABLE retention (
    project_id  TEXT   NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    raw_days    BIGINT,
    hourly_days BIGINT,
    daily_days  BIGINT,
    updated_at  BIGINT NOT NULL
);

-- Legal holds: what matches one is not removed, by nothing and nobody, until it is released. A released one stays as
-- proof; a project cannot go while it has any.
CREATE TABLE holds (
    id          TEXT   NOT NULL PRIMARY KEY,
    project_id  TEXT   NOT NULL REFERENCES projects (id),
    name        TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    -- JSON: which events.
    filter      TEXT   NOT NULL,
    from_ms     BIGINT,
    to_ms       BIGINT,
    created_by  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    released_by TEXT,
    released_at BIGINT
);
CREATE INDEX holds_by_project ON holds (project_id, created_at);

-- Erasures of one person's events. `subject` is forgotten when the job ends; `subject_hash` lets whoever knows the
-- subject find the job.
CREATE TABLE erasures (
    id           TEXT   NOT NULL PRIMARY KEY,
    project_id   TEXT   NOT NULL REFERENCES projects (id),
    field        TEXT   NOT NULL,
    subject      TEXT,
    subject_hash TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    requested_by TEXT   NOT NULL,
    requested_at BIGINT NOT NULL,
    status       TEXT   NOT NULL CHECK (status IN ('pending', 'running', 'done')),
    started_at   BIGINT,
    finished_at  BIGINT,
    -- JSON, exactly the bytes that are signed.
    certificate  TEXT
);
CREATE INDEX erasures_by_project ON erasures (project_id, requested_at);
CREATE INDEX erasures_by_status ON erasures (status);
