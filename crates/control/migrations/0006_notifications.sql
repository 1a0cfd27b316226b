-- Where a project's alerts are sent. `secret` signs what is sent, so it is kept as it is; no answer of the
-- API holds it but the first.
CREATE TABLE notification_channels (
    id         TEXT   NOT NULL PRIMARY KEY,
    project_id TEXT   NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    type       TEXT   NOT NULL,
    url        TEXT   NOT NULL,
    secret     TEXT   NOT NULL,
    active     BIGINT NOT NULL,
    created_by TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notification_channels_by_project ON notification_channels (project_id);

-- What is to be sent, and what became of it. `due_at` is NULL once nothing more will be tried.
CREATE TABLE notification_deliveries (
    id            TEXT   NOT NULL PRIMARY KEY,
    channel_id    TEXT   NOT NULL REFERENCES notification_channels (id) ON DELETE CASCADE,
    event_id      TEXT   NOT NULL,
    alert         TEXT   NOT NULL,
    status        TEXT   NOT NULL CHECK (status IN ('pending', 'success', 'failed')),
    attempts      BIGINT NOT NULL,
    due_at        BIGINT,
    status_code   BIGINT,
    response_body TEXT,
    error         TEXT,
    created_at    BIGINT NOT NULL,
    delivered_at  BIGINT
);
CREATE INDEX notification_deliveries_by_channel ON notification_deliveries (channel_id, created_at);
CREATE INDEX notification_deliveries_by_due ON notification_deliveries (due_at);
