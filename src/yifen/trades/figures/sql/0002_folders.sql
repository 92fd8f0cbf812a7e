-- A report into a partner's folder 送到合作方目录: what two people agreed to goes out by the partner's own pipes.

ALTER TABLE figure_schedule
    ADD COLUMN partner_id integer,  -- to whom it goes; NULL: to nobody but its owner
    ADD COLUMN asked      jsonb,    -- title and ask as they were agreed, whatever becomes of the report
    ADD COLUMN proposal   bigint UNIQUE,
    DROP CONSTRAINT figure_schedule_format_check,
    ADD CONSTRAINT figure_schedule_format_check CHECK (format IN ('xlsx', 'pdf', 'csv')),
    ADD CHECK (num_nulls(partner_id, asked, proposal) IN (0, 3) AND (partner_id IS NULL OR mail IS NULL));
CREATE UNIQUE INDEX figure_schedule_folder ON figure_schedule (report_id, partner_id)
    WHERE partner_id IS NOT NULL AND ended_at IS NULL;

-- `sent_as`: one name for a report, a partner and a day, so that no day's goes twice.
ALTER TABLE figure_made
    ADD COLUMN partner_id integer,
    ADD COLUMN sent_as    text,
    ADD COLUMN sent_state text NOT NULL DEFAULT 'none' CHECK (sent_state IN ('none', 'due', 'told', 'failed')),
    ADD CHECK (num_nulls(partner_id, sent_as) IN (0, 2) AND (partner_id IS NULL) = (sent_state = 'none')),
    ADD UNIQUE (partner_id, sent_as);
CREATE INDEX figure_made_sent ON figure_made (made_id) WHERE sent_state = 'due';
