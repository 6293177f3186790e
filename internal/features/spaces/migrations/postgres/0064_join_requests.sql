-- +goose Up
-- Who asks to enter a private space. The last asking of a person there: answered_at is 0
-- while it waits; accepted is 1 or 0 once answered.
CREATE TABLE join_requests (
  space_id uuid NOT NULL REFERENCES spaces(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  word text COLLATE "C" NOT NULL,
  asked_at BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  accepted SMALLINT NOT NULL,
  answered_by uuid REFERENCES accounts(id),
  reply text COLLATE "C" NOT NULL,
  PRIMARY KEY (space_id, account_id)
);
CREATE INDEX join_requests_waiting ON join_requests(space_id, asked_at, account_id) WHERE answered_at = 0;
CREATE INDEX join_requests_account ON join_requests(account_id);
CREATE INDEX join_requests_answered_by ON join_requests(answered_by) WHERE answered_by IS NOT NULL;
