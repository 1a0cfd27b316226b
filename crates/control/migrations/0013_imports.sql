-- How far an import of another installation's events has come. A row a source; it goes when the import is done.
CREATE TABLE imports (
    -- Host, port and database: no user, no password.
    source     TEXT   NOT NULL PRIMARY KEY,
    -- JSON that only the import reads.
    progress   TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);
