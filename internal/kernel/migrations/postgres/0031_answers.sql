-- +goose Up
-- What someone recommends, with a word, and to whom: people, groups of the space of
-- the item, or all of a space.
CREATE TABLE recommendations (
  id uuid PRIMARY KEY,
  item_id uuid NOT NULL REFERENCES items(id),
  by_id uuid NOT NULL REFERENCES accounts(id),
  word text COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX recommendations_item ON recommendations(item_id);

CREATE TABLE recommendation_targets (
  item_id uuid NOT NULL REFERENCES items(id),
  recommendation_id uuid NOT NULL REFERENCES recommendations(id),
  account_id uuid REFERENCES accounts(id),
  group_id uuid,
  space_id uuid REFERENCES spaces(id)
);
CREATE INDEX recommendation_targets_of ON recommendation_targets(recommendation_id);
CREATE INDEX recommendation_targets_item ON recommendation_targets(item_id);

-- Items whose readers are asked to say that they have read, and who did.
CREATE TABLE acknowledgement_requests (
  item_id uuid PRIMARY KEY REFERENCES items(id),
  by_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL
);

CREATE TABLE acknowledgements (
  item_id uuid NOT NULL REFERENCES items(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  revision BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (item_id, account_id)
);

-- What readers report to the leads, and what became of it: 1 waits, 2 kept, 3 taken
-- away. quote is what was reported, as it was then.
CREATE TABLE reports (
  id uuid PRIMARY KEY,
  item_id uuid NOT NULL REFERENCES items(id),
  remark_id uuid REFERENCES remarks(id),
  space_id uuid NOT NULL REFERENCES spaces(id),
  by_id uuid NOT NULL REFERENCES accounts(id),
  author_id uuid NOT NULL REFERENCES accounts(id),
  reason text COLLATE "C" NOT NULL,
  word text COLLATE "C" NOT NULL,
  quote text COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 3),
  handled_by uuid REFERENCES accounts(id),
  handled_at BIGINT NOT NULL,
  answer text COLLATE "C" NOT NULL
);
CREATE INDEX reports_space ON reports(space_id, state, id);
CREATE INDEX reports_item ON reports(item_id);
