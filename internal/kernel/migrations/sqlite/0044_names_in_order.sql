-- +goose Up
-- The words of a name hold its place in human order, as accounts.name_key has it: those who
-- bear a name are put in order without reading them.
ALTER TABLE name_words ADD COLUMN name_key BLOB NOT NULL DEFAULT x'';
UPDATE name_words SET name_key = (SELECT a.name_key FROM accounts a WHERE a.id = name_words.account_id);
DROP INDEX name_words_word;
CREATE INDEX name_words_word ON name_words(word, name_key, account_id);
