-- +goose Up
-- What someone recommends, with a word, and to whom: people, groups of the space of
-- the item, or all of a space.
CREATE TABLE recommendations (
  id BLOB PRIMARY KEY,
  item_id BLOB NOT NULL REFERENCES items(id),
  by_id BLOB NOT NULL REFERENCES accounts(id),
  word TEXT NOT NULL,
  at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX recommendations_item ON recommendations(item_id);

CREATE TABLE recommendation_targets (
  item_id BLOB NOT NULL REFERENCES items(id),
  recommendation_id BLOB NOT NULL REFERENCES recommendations(id),
  account_id BLOB REFERENCES accounts(id),
  group_id BLOB,
  space_id BLOB REFERENCES spaces(id)
);
CREATE INDEX recommendation_targets_of ON recommendation_targets(recommendation_id);
CREATE INDEX recommendation_targets_item ON recommendation_targets(item_id);

-- Items whose readers are asked to say that they have read, and who did.
CREATE TABLE acknowledgement_requests (
  item_id BLOB PRIMARY KEY REFERENCES items(id),
  by_id BLOB NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE acknowledgements (
  item_id BLOB NOT NULL REFERENCES items(id),
  account_id BLOB NOT NULL REFERENCES accounts(id),
  revision BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (item_id, account_id)
) WITHOUT ROWID;

-- What readers report to the leads, and what became of it: 1 waits, 2 kept, 3 taken
-- away. quote is what was reported, as it was then.
CREATE TABLE reports (
  id BLOB PRIMARY KEY,
  item_id BLOB NOT NULL REFERENCES items(id),
  remark_id BLOB REFERENCES remarks(id),
  space_id BLOB NOT NULL REFERENCES spaces(id),
  by_id BLOB NOT NULL REFERENCES accounts(id),
  author_id BLOB NOT NULL REFERENCES accounts(id),
  reason TEXT NOT NULL,
  word TEXT NOT NULL,
  quote TEXT NOT NULL,
  at BIGINT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
  handled_by BLOB REFERENCES accounts(id),
  handled_at BIGINT NOT NULL,
  answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reports_space ON reports(space_id, state, id);
CREATE INDEX reports_item ON reports(item_id);
