-- Anomaly rules of projects. A deleted one stays for its incidents.
CREATE TABLE anomaly_rules (
    id               TEXT             NOT NULL PRIMARY KEY,
    project_id       TEXT             NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    rule_type        TEXT             NOT NULL,
    threshold        DOUBLE PRECISION NOT NULL,
    window_seconds   BIGINT           NOT NULL,
    cooldown_seconds BIGINT           NOT NULL,
    service_name     TEXT,
    environment      TEXT,
    active           BIGINT           NOT NULL,
    created_by       TEXT             REFERENCES users (id) ON DELETE SET NULL,
    created_at       BIGINT           NOT NULL,
    updated_at       BIGINT           NOT NULL,
    deleted_at       BIGINT
);
CREATE INDEX anomaly_rules_by_project ON anomaly_rules (project_id);

-- Projects that were given the rules everybody starts with: once, so that deleted ones stay deleted.
CREATE TABLE anomaly_starts (
    project_id TEXT   NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL
);

-- What was out of the ordinary. Times are unix milliseconds of the events; `fired_told` and `resolved_told`
-- are 1 once the alert is in Kafka.
CREATE TABLE anomaly_incidents (
    id            TEXT   NOT NULL PRIMARY KEY,
    rule_id       TEXT   NOT NULL REFERENCES anomaly_rules (id) ON DELETE CASCADE,
    project_id    TEXT   NOT NULL,
    rule_type     TEXT   NOT NULL,
    service_name  TEXT   NOT NULL,
    environment   TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    details       TEXT   NOT NULL,
    from_ms       BIGINT NOT NULL,
    to_ms         BIGINT NOT NULL,
    found_at      BIGINT NOT NULL,
    resolved_at   BIGINT,
    fired_told    BIGINT NOT NULL,
    resolved_told BIGINT NOT NULL
);
CREATE INDEX anomaly_incidents_by_project ON anomaly_incidents (project_id, from_ms);
CREATE INDEX anomaly_incidents_by_rule ON anomaly_incidents (rule_id, to_ms);

-- How far a timer of sentinel has come.
CREATE TABLE marks (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
