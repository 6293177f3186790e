-- +goose Up
-- What a lead keeps at hand on the home of a space.
CREATE TABLE item_pins (
  item_id uuid PRIMARY KEY REFERENCES items(id),
  space_id uuid NOT NULL REFERENCES spaces(id),
  by_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL
);
CREATE INDEX item_pins_space ON item_pins(space_id, at);
