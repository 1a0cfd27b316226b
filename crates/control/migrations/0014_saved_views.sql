-- What a person looks for among the events, under a name: the search of the Events page as it stands in its address.
-- A shared one is there for everybody who may see the project; one of no project is its author's alone.
CREATE TABLE saved_views (
    id         TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT   REFERENCES projects (id) ON DELETE CASCADE,
    name       TEXT   NOT NULL,
    search     TEXT   NOT NULL,
    shared     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX saved_views_by_user ON saved_views (user_id, name);
CREATE INDEX saved_views_by_project ON saved_views (project_id, shared);
