-- What only Kafka knows of the events topic, as sentinel last saw it: a row a partition. `committed` is how far the
-- processors have confirmed, NULL where they never have; `oldest_waiting_at` is when the first record after that was
-- written, NULL where none waits. Times in unix milliseconds.
CREATE TABLE pipeline_partitions (
    k_partition       BIGINT NOT NULL PRIMARY KEY,
    first_offset      BIGINT NOT NULL,
    end_offset        BIGINT NOT NULL,
    committed         BIGINT,
    oldest_waiting_at BIGINT
);

-- When that was seen, and since when Kafka does not answer: one row.
CREATE TABLE pipeline_looks (
    id           BIGINT NOT NULL PRIMARY KEY,
    answered_at  BIGINT,
    failed_since BIGINT,
    problem      TEXT
);

-- What became of the events that were received in an hour for a project, by the comparisons of the books that are
-- settled. `differing` is above 0 where events are missing, below 0 where there are rows too many.
CREATE TABLE pipeline_hours (
    hour          BIGINT NOT NULL,
    project_id    TEXT   NOT NULL,
    accepted      BIGINT NOT NULL,
    stored        BIGINT NOT NULL,
    dead_lettered BIGINT NOT NULL,
    repeats       BIGINT NOT NULL,
    removed       BIGINT NOT NULL,
    differing     BIGINT NOT NULL,
    PRIMARY KEY (hour, project_id)
);
