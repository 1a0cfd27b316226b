-- Secrets that must be read again (addresses and secrets of channels, the key of Web Push) are kept sealed from now on.
-- What lies here in clear from before is sealed at the next start of sentinel or query-api. The one row is a text that
-- everybody may know, sealed with the current secret: a process with another one finds out before it does anything.
CREATE TABLE sealing_check (
    name   TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
);
