-- +goose Up
-- What the texts of an item call a file that they show or name; NULL for one that
-- stands beside the text. Copies of an item call it the same.
ALTER TABLE attachments ADD COLUMN ref BLOB;
CREATE UNIQUE INDEX attachments_ref ON attachments(ref, item_id) WHERE ref IS NOT NULL;
