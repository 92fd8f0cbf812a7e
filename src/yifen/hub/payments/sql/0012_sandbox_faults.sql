-- Why a sandbox's message was refused: what was to be signed, and what was sent. Never of a real partner.
ALTER TABLE wire_message ADD COLUMN fault jsonb;
