-- The key that signs Web Push, made once: browsers subscribe to it, so another one would end every subscription.
-- `private_key` is kept as it is, like the secrets of webhooks; no answer of the API holds it.
CREATE TABLE IF NOT EXISTS vapid_keys (
    name        TEXT   NOT NULL PRIMARY KEY,
    private_key TEXT   NOT NULL,
    public_key  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL
);

-- One browser subscribes once to a project, however often it says so.
CREATE UNIQUE INDEX IF NOT EXISTS notification_channels_of_push ON notification_channels (project_id, url)
    WHERE type = 'push';
