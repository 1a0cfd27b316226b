-- What sentinel found when it compared the books of a range of time: a row a range, times in unix
-- milliseconds. `rollups_differing` is NULL where the rollups were not looked at; `is_cut` is 1 where the
-- log had already lost records of the range.
CREATE TABLE reconciliations (
    from_ms           BIGINT NOT NULL PRIMARY KEY,
    to_ms             BIGINT NOT NULL,
    checked_at        BIGINT NOT NULL,
    accepted          BIGINT NOT NULL,
    stored            BIGINT NOT NULL,
    dead_lettered     BIGINT NOT NULL,
    repeats           BIGINT NOT NULL,
    waiting           BIGINT NOT NULL,
    differing         BIGINT NOT NULL,
    rollups_differing BIGINT,
    is_cut            BIGINT NOT NULL,
    findings          TEXT   NOT NULL
);
