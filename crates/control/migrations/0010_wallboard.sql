-- Screens that show a project, or all of them where there is none. Until it is activated a screen has a code, good once
-- and until `expires_at`; then a token to refresh its access with, and `expires_at` moves on while it is used. Of both
-- only the SHA-256 is here.
CREATE TABLE IF NOT EXISTS wallboard_screens (
    id           TEXT   NOT NULL PRIMARY KEY,
    project_id   TEXT   REFERENCES projects (id) ON DELETE CASCADE,
    name         TEXT   NOT NULL,
    code_hash    TEXT   UNIQUE,
    refresh_hash TEXT   UNIQUE,
    expires_at   BIGINT NOT NULL,
    created_by   TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at   BIGINT NOT NULL,
    activated_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX IF NOT EXISTS wallboard_screens_by_project ON wallboard_screens (project_id);
CREATE INDEX IF NOT EXISTS wallboard_screens_by_end ON wallboard_screens (expires_at);
