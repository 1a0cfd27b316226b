-- One SQL for SQLite and PostgreSQL. Columns and tables only come: a binary of the release before works beside this one.

-- To a binary that does not know auditors one is a viewer, and so sees less, not more. SQLite could not
-- change the CHECK on role, and such a binary would refuse the name.
ALTER TABLE users ADD COLUMN is_auditor BIGINT NOT NULL DEFAULT 0;

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';

ALTER TABLE api_keys ADD COLUMN rate_per_second BIGINT;
ALTER TABLE api_keys ADD COLUMN rate_burst BIGINT;
ALTER TABLE api_keys ADD COLUMN replaced_by TEXT;

-- Of what is handed to a person only the SHA-256 is here.
CREATE TABLE invites (
    id         TEXT   NOT NULL PRIMARY KEY,
    token_hash TEXT   NOT NULL UNIQUE,
    email      TEXT   NOT NULL,
    role       TEXT   NOT NULL CHECK (role IN ('admin', 'auditor', 'viewer')),
    created_by TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE password_resets (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_by TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);

CREATE TABLE personal_tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    token_hash   TEXT   NOT NULL UNIQUE,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX personal_tokens_by_user ON personal_tokens (user_id);

-- Failed logins, by the hash of whom and from where they were tried.
CREATE TABLE login_failures (
    subject  TEXT   NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);
CREATE INDEX login_failures_by_time ON login_failures (last_at);

-- What people did here, until sentinel has published it. Written in the transaction of what was done.
CREATE TABLE outbox (
    id         TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);

-- The project of what people do here. No service name spells its slug, so no key of applications writes to it.
INSERT INTO projects (id, name, slug, created_by, created_at)
VALUES ('98ccfe62-8699-46be-8f45-4c3a99d1e1b2', 'BatAudit', '_bataudit', NULL, 1795392000000);
