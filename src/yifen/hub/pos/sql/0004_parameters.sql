-- How often a terminal's registration was changed: by it the terminal knows whether it has the parameters of now.
ALTER TABLE pos_terminal ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0);
