-- What proves that money left or came: a line of the bank's own statement, or the word of two people.

-- Does a line of the bank's statement show what is expected under this serial of a document? Its own
-- line, with the serial and the amount; or one that a pass of reconciliation explained together with it.
CREATE OR REPLACE FUNCTION settlement_shown_v1(p_document bigint, p_serial text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM recon_expected e
        JOIN recon_file f ON f.file_id = e.file_id AND f.partner_id = e.partner_id
        JOIN recon_row r ON r.file_id = e.file_id AND r.line_no = e.line_no
        WHERE e.document_id = p_document AND e.serial = coalesce(p_serial, e.serial) AND e.done
            AND (r.serial = e.serial AND r.amount_fen = e.amount_fen
                    AND (r.kind IN ('sale', 'in')) = (e.kind = 'in')
                OR EXISTS (SELECT FROM recon_item o JOIN recon_item t USING (group_no)
                           WHERE o.expected_id = e.expected_id AND t.class = 'theirs_only'
                               AND t.file_id = e.file_id AND t.line_no = e.line_no)));
$$;
