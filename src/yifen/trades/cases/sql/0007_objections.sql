-- Who judged a case when its plan was made, and who wrote an objection down: neither settles one, whoever judges it by then.
ALTER TABLE court_plan ADD judge text NOT NULL DEFAULT '';
ALTER TABLE court_share ADD objected_by text NOT NULL DEFAULT '';
CREATE TRIGGER append_only_judge BEFORE UPDATE OF judge ON court_plan
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- It is asked for the line's sub-account by now.
DROP FUNCTION IF EXISTS cases_shown_back_v1(integer, text, bigint, bigint, text, timestamptz, timestamptz);
