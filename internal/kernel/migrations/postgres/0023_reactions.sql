-- +goose Up
-- What someone thinks of an item, or of one of its remarks, by a sign.
CREATE TABLE reactions (
  item_id uuid NOT NULL REFERENCES items(id),
  remark_id uuid REFERENCES remarks(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  sign text COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reactions_item ON reactions(item_id, sign, account_id) WHERE remark_id IS NULL;
CREATE UNIQUE INDEX reactions_remark ON reactions(remark_id, sign, account_id) WHERE remark_id IS NOT NULL;
CREATE INDEX reactions_of_item ON reactions(item_id, remark_id);
CREATE INDEX reactions_account ON reactions(account_id);

-- Who is for an item, where its service takes votes.
CREATE TABLE votes (
  item_id uuid NOT NULL REFERENCES items(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  PRIMARY KEY (item_id, account_id)
);
CREATE INDEX votes_account ON votes(account_id);
