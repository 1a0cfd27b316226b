-- Who a user is at an OpenID provider. One account of a provider is one user, and a user has one account at each
-- provider: an e-mail that the provider gives to somebody else later does not hand the user over.
CREATE TABLE identities (
    issuer       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
);
CREATE INDEX identities_by_user ON identities (user_id);

-- When a project was archived: from then on it takes no events, and stays readable.
ALTER TABLE projects ADD COLUMN archived_at BIGINT;
