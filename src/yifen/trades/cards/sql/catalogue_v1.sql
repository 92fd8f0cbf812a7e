-- The mandatory catalogue 强制结算目录 and the reasons for which no card was used: shared, or a bureau's own from a day on.

-- What of it counts at a bureau on a day.
CREATE OR REPLACE FUNCTION cards_items_v1(p_bureau integer, p_day date) RETURNS SETOF card_item
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.* FROM (SELECT DISTINCT ON (i.code) i AS one FROM card_item i WHERE (i.bureau_id IS NULL OR i.bureau_id = p_bureau)
        AND p_day BETWEEN i.valid_from AND coalesce(i.valid_until, 'infinity')
        ORDER BY i.code, i.bureau_id NULLS LAST, i.valid_from DESC) f CROSS JOIN LATERAL (SELECT (f.one).*) c WHERE NOT c.ended;
$$;
CREATE OR REPLACE FUNCTION cards_exemptions_v1(p_bureau integer, p_day date) RETURNS SETOF card_exemption
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.* FROM (SELECT DISTINCT ON (i.code) i AS one FROM card_exemption i WHERE (i.bureau_id IS NULL OR i.bureau_id = p_bureau)
        AND p_day BETWEEN i.valid_from AND coalesce(i.valid_until, 'infinity')
        ORDER BY i.code, i.bureau_id NULLS LAST, i.valid_from DESC) f CROSS JOIN LATERAL (SELECT (f.one).*) c WHERE NOT c.ended;
$$;

-- What speaks against a change. Code: CARD_CATALOGUE_WRONG.
CREATE OR REPLACE FUNCTION cards_catalogue_against_v1(p_bureau integer, p jsonb, p_now timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN (EXISTS (SELECT FROM card_bureau b WHERE b.bureau_id = p_bureau) AND p ->> 'kind' IN ('item', 'exemption')
            AND p ->> 'code' ~ '^[0-9]{2}$' AND length(btrim(p ->> 'name')) BETWEEN 1 AND 60
            AND (p ->> 'valid_from')::date BETWEEN budget_today_v1(p_bureau, p_now) AND budget_today_v1(p_bureau, p_now) + 400
            AND jsonb_typeof(p -> 'ended') = 'boolean'
            AND (SELECT bool_and(jsonb_typeof(p -> k) = 'array' AND jsonb_array_length(p -> k) <= 20
                AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(p -> k) c WHERE c !~ CASE k WHEN 'dep' THEN '^30[0-9]{3}$'
                    WHEN 'gov' THEN '^[0-9]{3}([0-9]{2})?$' ELSE '^[0-9]{3}([0-9]{2}([0-9]{2})?)?$' END))
                FROM unnest(ARRAY['dep', 'gov', 'func']) k)
            AND (p ->> 'kind' = 'exemption' OR (p ->> 'ended')::boolean OR p -> 'dep' <> '[]')) IS NOT TRUE
        OR CASE p ->> 'kind' WHEN 'item' THEN EXISTS (SELECT FROM card_item i WHERE i.bureau_id = p_bureau AND i.code = p ->> 'code'
                AND i.valid_from = (p ->> 'valid_from')::date)
            ELSE EXISTS (SELECT FROM card_exemption i WHERE i.bureau_id = p_bureau AND i.code = p ->> 'code'
                AND i.valid_from = (p ->> 'valid_from')::date) END
        THEN @CARD_CATALOGUE_WRONG ELSE 0 END;
$$;

-- A change counts from its day on, by two people of the bureau; what was claimed before stays as it was. Codes:
-- CARD_CHANGE_NOT_AGREED, as cards_catalogue_against_v1.
CREATE OR REPLACE FUNCTION cards_catalogue_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_code integer;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('cards.catalogue', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @CARD_CHANGE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9350, v.bureau_id);
    v_code := cards_catalogue_against_v1(v.bureau_id, v.content, p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF v.content ->> 'kind' = 'item' THEN
        INSERT INTO card_item (bureau_id, code, valid_from, name, dep_codes, gov_codes, func_codes, ended, proposal_id)
        VALUES (v.bureau_id, v.content ->> 'code', (v.content ->> 'valid_from')::date, btrim(v.content ->> 'name'),
            ARRAY(SELECT jsonb_array_elements_text(v.content -> 'dep')), ARRAY(SELECT jsonb_array_elements_text(v.content -> 'gov')),
            ARRAY(SELECT jsonb_array_elements_text(v.content -> 'func')), (v.content ->> 'ended')::boolean, p_proposal);
    ELSE
        INSERT INTO card_exemption (bureau_id, code, valid_from, name, ended, proposal_id)
        VALUES (v.bureau_id, v.content ->> 'code', (v.content ->> 'valid_from')::date, btrim(v.content ->> 'name'),
            (v.content ->> 'ended')::boolean, p_proposal);
    END IF;
    RETURN 0;
END $$;

-- Does an indicator pay for this item on a day? Of a class that ends in 00 by its first three digits; function and government's
-- class begin with one of the item's, where it has any.
CREATE OR REPLACE FUNCTION cards_class_fits_v1(p_indicator bigint, p_item text, p_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM budget_indicator d CROSS JOIN LATERAL cards_items_v1(d.bureau_id, p_day) i
        WHERE d.indicator_id = p_indicator AND i.code = p_item
            AND (d.dep_code = '' OR d.dep_code = ANY (i.dep_codes)
                 OR right(d.dep_code, 2) = '00' AND left(d.dep_code, 3) IN (SELECT left(c, 3) FROM unnest(i.dep_codes) c))
            AND (i.gov_codes = '{}' OR EXISTS (SELECT FROM unnest(i.gov_codes) c WHERE starts_with(d.gov_code, c)))
            AND (i.func_codes = '{}' OR EXISTS (SELECT FROM unnest(i.func_codes) c WHERE starts_with(d.func_code, c))));
$$;
