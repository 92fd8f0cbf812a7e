-- onboarding_open_sandbox_v1: the sandbox's book 沙箱账簿, and no other: books with real money are
-- opened by the owner, once. A repeat changes nothing.

CREATE OR REPLACE FUNCTION onboarding_open_sandbox_v1(p_day date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ledger_open_book_v1(900, 'sandbox', '沙箱账簿', '00:00', p_day);
$$;
