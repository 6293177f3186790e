-- +goose Up
-- The words by which a space is found, of its name and its purpose, folded. Spaces of
-- before get theirs from a job.
CREATE TABLE space_words (
  space_id uuid NOT NULL REFERENCES spaces(id),
  word text COLLATE "C" NOT NULL,
  PRIMARY KEY (space_id, word)
);
CREATE INDEX space_words_word ON space_words(word, space_id);
