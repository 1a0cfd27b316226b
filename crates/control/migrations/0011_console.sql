-- What people asked in the SQL console, the latest of each person. What they asked is also in the audit of the
-- audit, which forgets nothing.
CREATE TABLE console_queries (
    id         TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sql        TEXT   NOT NULL,
    -- NULL where it failed; `error` then says why.
    row_count  BIGINT,
    elapsed_ms BIGINT NOT NULL,
    error      TEXT,
    ran_at     BIGINT NOT NULL
);
CREATE INDEX console_queries_by_user ON console_queries (user_id, id);

-- Queries a person kept under a name, for themselves.
CREATE TABLE console_saved (
    id         TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT   NOT NULL,
    sql        TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX console_saved_by_user ON console_saved (user_id, name);
