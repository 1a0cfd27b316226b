-- What left the house: the manifest of every export that ended. Nobody's row goes with a user or a
-- project that is removed.
CREATE TABLE exports (
    id         TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL,
    -- The project that was asked for; none means all the user could see.
    project_id TEXT,
    -- JSON, exactly the bytes that are signed.
    manifest   TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX exports_by_time ON exports (created_at);

-- Reports: named sets of SQL widgets. Widgets and layout are JSON that only the dashboard reads.
CREATE TABLE reports (
    id         TEXT   NOT NULL PRIMARY KEY,
    project_id TEXT   REFERENCES projects (id) ON DELETE CASCADE,
    name       TEXT   NOT NULL,
    widgets    TEXT   NOT NULL,
    layout     TEXT   NOT NULL,
    created_by TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX reports_by_project ON reports (project_id, updated_at);
