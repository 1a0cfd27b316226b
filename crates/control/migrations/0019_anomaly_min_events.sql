-- Of how many events a share says something; 10 is what every rule had before it could be set.
ALTER TABLE anomaly_rules ADD COLUMN min_events BIGINT NOT NULL DEFAULT 10;
