-- Which indicator pays for what 指标匹配: by unit, year, functional class, economic class, project and fund, never guessed.

-- The control key of the integrated budget: unit, fund, leaf functional class, the government's economic class by its first three
-- digits, project. What is NULL is not asked; `p_dep`: one class of the department or several, with commas. `quota_fen`, `free_fen`:
-- of the indicator found, else the most that one of those has; `choices`: how many there are to choose from. Of several the one whose
-- class is the most exact pays 公务接待费 50206 before 办公经费 50201; where it has too little and another would do, it is asked which.
-- Codes in this order: BUDGET_UNIT_UNKNOWN, BUDGET_NONE, BUDGET_FUND,
-- BUDGET_MANY, BUDGET_NOT_ARRIVED, BUDGET_SHORT.
CREATE OR REPLACE FUNCTION budget_match_v1(
    p_unit bigint, p_year integer, p_func text, p_gov text, p_dep text, p_project text, p_fund text, p_fen bigint,
    OUT code integer, OUT indicator_id bigint, OUT quota_fen bigint, OUT free_fen bigint, OUT choices integer
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v record;
BEGIN
    SELECT count(*) AS fit, count(*) FILTER (WHERE c.fund) AS fund, count(*) FILTER (WHERE c.fund AND c.quota_fen >= p_fen) AS good,
        count(*) FILTER (WHERE c.best AND c.quota_fen >= p_fen) AS best,
        min(c.indicator_id) FILTER (WHERE c.best AND c.quota_fen >= p_fen) AS one,
        max(c.quota_fen) FILTER (WHERE c.fund) AS quota, max(c.free_fen) FILTER (WHERE c.fund) AS free,
        bool_or(c.fund AND c.quota_fen + c.free_fen >= p_fen) AS coming
    INTO v FROM (SELECT x.*, x.fund AND x.exact = max(x.exact) FILTER (WHERE x.fund) OVER () AS best FROM (
        SELECT i.*, p_fund IS NULL OR i.fund_code = p_fund AS fund, CASE WHEN p_dep IS NULL THEN 0 ELSE (SELECT max(CASE
                WHEN i.dep_code = d OR left(i.gov_code, 3) = '502' AND right(i.gov_code, 2) = CASE d WHEN '30215' THEN '02'
                    WHEN '30216' THEN '03' WHEN '30218' THEN '04' WHEN '30226' THEN '05' WHEN '30227' THEN '05' WHEN '30217' THEN '06'
                    WHEN '30212' THEN '07' WHEN '30231' THEN '08' WHEN '30213' THEN '09' END THEN 2
                WHEN i.dep_code <> '' THEN 1 ELSE 0 END) FROM string_to_table(p_dep, ',') d) END AS exact
        FROM budget_indicator i
        WHERE i.unit_id = p_unit AND i.year = p_year AND i.closed_at IS NULL AND (p_func IS NULL OR i.func_code = p_func)
            AND (p_gov IS NULL OR left(i.gov_code, 3) = left(p_gov, 3))
            AND (p_dep IS NULL OR i.dep_code = '' OR EXISTS (SELECT FROM string_to_table(p_dep, ',') d
                WHERE i.dep_code IN (d, left(d, 3) || '00')))
            AND (p_project IS NULL OR i.project = p_project)) x) c;
    code := CASE
        WHEN NOT EXISTS (SELECT FROM budget_unit u WHERE u.unit_id = p_unit) THEN @BUDGET_UNIT_UNKNOWN
        WHEN v.fit = 0 THEN @BUDGET_NONE
        WHEN v.fund = 0 THEN @BUDGET_FUND
        WHEN v.best = 1 THEN 0
        WHEN v.good > 0 THEN @BUDGET_MANY
        WHEN v.coming THEN @BUDGET_NOT_ARRIVED
        ELSE @BUDGET_SHORT END;
    indicator_id := CASE code WHEN 0 THEN v.one END;
    choices := CASE WHEN v.good > 0 THEN v.good ELSE v.fund END;
    SELECT i.quota_fen, i.free_fen INTO quota_fen, free_fen FROM budget_indicator i WHERE i.indicator_id = v.one AND code = 0;
    IF code <> 0 THEN
        quota_fen := coalesce(v.quota, 0); free_fen := coalesce(v.free, 0);
    END IF;
END $$;
