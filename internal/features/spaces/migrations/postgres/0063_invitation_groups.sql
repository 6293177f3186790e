-- +goose Up
-- The group that whoever accepts becomes a member of, as long as it exists; NULL for none.
ALTER TABLE invitations ADD COLUMN group_id uuid REFERENCES space_groups(id) ON DELETE SET NULL;
CREATE INDEX invitations_group ON invitations(group_id) WHERE group_id IS NOT NULL;
