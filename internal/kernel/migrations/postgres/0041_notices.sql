-- +goose Up
-- What people were told of: one line for each person and cause, which stays the same
-- when the cause comes again. remark_id is the comment it is about, NULL for none;
-- cause_id what makes it one: the item, the comment, or the recommendation. It is
-- unread while read_at < at.
CREATE TABLE notices (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts(id),
  item_id uuid NOT NULL REFERENCES items(id),
  remark_id uuid REFERENCES remarks(id),
  cause_id uuid NOT NULL,
  kind TEXT NOT NULL,
  by_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  UNIQUE (account_id, kind, cause_id)
);
CREATE INDEX notices_latest ON notices(account_id, at, id);
CREATE INDEX notices_unread ON notices(account_id, item_id) WHERE read_at < at;
CREATE INDEX notices_item ON notices(item_id);
CREATE INDEX notices_at ON notices(at);
-- When each was last here, and when the time before: a visit ends after half an hour
-- without a page.
CREATE TABLE visits (
  account_id uuid PRIMARY KEY REFERENCES accounts(id),
  seen_at BIGINT NOT NULL,
  before_at BIGINT NOT NULL
);
