-- The dead letters as sentinel copied them from their topic, so that people see them who do not reach Kafka: a row for
-- each place in the events topic, whatever number of times the letter was sent. The newest 20,000; a row goes when the
-- topic has deleted the letter. Times in unix milliseconds.
CREATE TABLE dead_letters (
    -- <life of the topic>:<partition>-<offset>[-<index>] of what it stands for.
    id           TEXT   NOT NULL PRIMARY KEY,
    -- NULL where the record could not be read. A project may be gone from here and still have letters.
    project_id   TEXT,
    -- Where the letter itself lies in its topic.
    l_partition  BIGINT NOT NULL,
    l_offset     BIGINT NOT NULL,
    written_at   BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    detail       TEXT   NOT NULL,
    -- How many events it stands for; 0 where that cannot be told.
    events       BIGINT NOT NULL,
    event_id     TEXT,
    service_name TEXT,
    -- The event with every secret masked, as JSON; NULL where nothing may be shown, or it is too large.
    shown        TEXT,
    sha256       TEXT,
    -- The latest replay, and what became of the letter in it.
    replay_id    TEXT,
    replayed_at  BIGINT,
    outcome      TEXT
);
CREATE INDEX dead_letters_by_time ON dead_letters (written_at, id);
CREATE INDEX dead_letters_by_project ON dead_letters (project_id, written_at, id);
CREATE INDEX dead_letters_by_place ON dead_letters (l_partition, l_offset);

-- Dead letters that people want published once more: sentinel does it, in the order of asking. `selection` says which,
-- as JSON. `state` is waiting, running or done; `letters` were looked at, `events` published, and `lost` letters had
-- nothing left to publish. `problem` says why a running one does not get on.
CREATE TABLE letter_replays (
    id           TEXT   NOT NULL PRIMARY KEY,
    -- NULL for letters of every project, and of none.
    project_id   TEXT   REFERENCES projects (id) ON DELETE CASCADE,
    requested_by TEXT   NOT NULL,
    requested_at BIGINT NOT NULL,
    selection    TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    letters      BIGINT NOT NULL,
    events       BIGINT NOT NULL,
    lost         BIGINT NOT NULL,
    problem      TEXT,
    ended_at     BIGINT
);
CREATE INDEX letter_replays_by_state ON letter_replays (state, id);
CREATE INDEX letter_replays_by_project ON letter_replays (project_id, id);
