-- What people did about an incident: `handling` is open, acknowledged or resolved. One that is resolved by a person is
-- open again once its rule holds again; `reopened_at` says when that was. Times in unix milliseconds.
ALTER TABLE anomaly_incidents ADD COLUMN handling TEXT NOT NULL DEFAULT 'open';
ALTER TABLE anomaly_incidents ADD COLUMN handled_by TEXT;
ALTER TABLE anomaly_incidents ADD COLUMN handled_at BIGINT;
ALTER TABLE anomaly_incidents ADD COLUMN note TEXT;
ALTER TABLE anomaly_incidents ADD COLUMN reopened_at BIGINT;
