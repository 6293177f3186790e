-- +goose Up
-- When someone is mailed what they are told of, by kind: everywhere, where space_id is
-- NULL, or in one space. What is not here is mailed at once.
CREATE TABLE notice_rhythms (
  account_id uuid NOT NULL REFERENCES accounts(id),
  space_id uuid REFERENCES spaces(id),
  kind TEXT NOT NULL,
  rhythm TEXT NOT NULL
);
CREATE UNIQUE INDEX notice_rhythms_everywhere ON notice_rhythms(account_id, kind) WHERE space_id IS NULL;
CREATE UNIQUE INDEX notice_rhythms_space ON notice_rhythms(account_id, space_id, kind) WHERE space_id IS NOT NULL;
CREATE INDEX notice_rhythms_of ON notice_rhythms(space_id);
-- When a notice is mailed with others, in milliseconds; 0 for never.
ALTER TABLE notices ADD COLUMN mail_due BIGINT NOT NULL DEFAULT 0;
CREATE INDEX notices_due ON notices(account_id, mail_due) WHERE mail_due > 0;
-- When someone wants no mail of what they are told of: '' for nights.
ALTER TABLE accounts ADD COLUMN quiet TEXT NOT NULL DEFAULT '';
