-- +goose Up
-- The names of people, to find them by what is typed: place 0 is the whole name,
-- the others what begins at its second word and after. Derived from accounts.
CREATE TABLE name_words (
  account_id uuid NOT NULL REFERENCES accounts(id),
  place SMALLINT NOT NULL,
  word text COLLATE "C" NOT NULL,
  PRIMARY KEY (account_id, place)
);
CREATE INDEX name_words_word ON name_words(word, account_id);

-- Whom a text names. A group may be gone: its name is then words like any others.
CREATE TABLE mentions (
  item_id uuid NOT NULL REFERENCES items(id),
  remark_id uuid REFERENCES remarks(id),
  account_id uuid REFERENCES accounts(id),
  group_id uuid,
  by_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  CHECK ((account_id IS NULL) <> (group_id IS NULL))
);
CREATE INDEX mentions_item ON mentions(item_id, remark_id);
CREATE INDEX mentions_account ON mentions(account_id, at) WHERE account_id IS NOT NULL;
