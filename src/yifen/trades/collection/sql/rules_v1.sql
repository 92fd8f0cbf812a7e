-- What follows from rows: which rule counts, where money goes, when it is paid.

-- The rule of a kind on a day; NULL: there is none.
CREATE OR REPLACE FUNCTION collection_rule_v1(p_kind text, p_day date) RETURNS collection_kind
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k FROM collection_kind k WHERE k.kind = p_kind AND k.valid_from <= p_day ORDER BY k.valid_from DESC LIMIT 1;
$$;

-- By the clock of a biller's book.
CREATE OR REPLACE FUNCTION collection_local_v1(p_biller bigint, p_at timestamptz) RETURNS timestamp
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_at AT TIME ZONE k.time_zone FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_biller;
$$;

-- The opening of a day's business, or this moment where that is later.
CREATE OR REPLACE FUNCTION collection_opening_v1(p_biller bigint, p_day date, p_opens time, p_now timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT greatest((p_day + p_opens) AT TIME ZONE k.time_zone, p_now)
    FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_biller;
$$;

-- Where a biller's demands are paid: its contracting institution, the core, and the channel that this institution keeps for debits,
-- else its counter's. No row: it has no account at a core.
CREATE OR REPLACE FUNCTION collection_place_v1(p_biller integer)
RETURNS TABLE (institution_id bigint, core_id integer, channel_id integer, transit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.contracting_id, p.core_id, a.channel_id::integer, p.transit FROM core_pair p
    JOIN admission a ON a.biller_id = p.biller_id AND a.active
    JOIN channel c ON c.partner_id = a.channel_id AND c.hosted IN ('debit', 'counter')
    JOIN partner y ON y.id = a.channel_id AND NOT y.suspended AND y.sandbox_of_id IS NULL
    WHERE p.biller_id = p_biller
        AND (agency_below_v1(p.contracting_id, y.institution_id) OR agency_below_v1(y.institution_id, p.contracting_id))
    ORDER BY c.hosted = 'debit' DESC, agency_below_v1(p.contracting_id, y.institution_id) DESC, a.clearing_id LIMIT 1;
$$;

-- Is a contract in force on a day?
CREATE OR REPLACE FUNCTION collection_in_force_v1(p collection_contract, p_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p.valid_from <= p_day AND p_day <= coalesce(p.valid_until, p_day) AND p_day < coalesce(p.ended_on, p_day + 1);
$$;

-- Whose is what a proposal is about: the biller's of the contract or demand; kinds are everybody's.
CREATE OR REPLACE FUNCTION collection_about_v1(p access_authorisation) RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y
    WHERE p.action IN ('collection.contract', 'collection.end') AND y.id::text = p.content ->> 'biller'
    UNION ALL SELECT y.institution_id, y.id FROM collection_contract c JOIN partner y ON y.id = c.biller_id
    WHERE p.action = 'collection.order' AND c.contract_id::text = p.subject_key
    UNION ALL SELECT y.institution_id, y.id FROM collection_order o JOIN partner y ON y.id = o.biller_id
    WHERE p.action = 'collection.answer' AND o.serial = p.subject_key;
$$;

-- Does a demand ask the core for just this move? One that is being paid, of what is taken, from its contract's account to the
-- biller's; its undo where the hub did not book it.
CREATE OR REPLACE FUNCTION collection_moves_v1(p core_move) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT p.needs_pin AND NOT p.owed AND (p.what, p.teller) = ('TSCK', 'collection') AND EXISTS (
        SELECT FROM collection_order o JOIN collection_contract c USING (contract_id)
        WHERE o.move_serial = coalesce(p.undoes, p.serial) AND p.document = 'collection_order:' || o.order_id
            AND (o.taken_fen, o.institution_id, o.biller_id, c.core_id) = (p.amount_fen, p.institution_id, p.biller_id, p.core_id)
            AND CASE WHEN p.undoes IS NOT NULL THEN o.state = 'backing'
                     ELSE o.state = 'paying' AND p.debit_shown = c.account_shown
                         AND p.credit_shown = corebank_masked_v1(o.transit) END);
$$;
