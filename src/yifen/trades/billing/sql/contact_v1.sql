-- A customer's phone and his consent to messages 联系方式: by one person, for no money moves; the trail keeps who and when.

-- p_contact: sealed; NULL: as it is, '': none any more. p_shown: as people see it. p_on: the day on which the consent was
-- given, or taken back or refused. Codes: CUSTOMER_CLOSED (there is none), PERMISSION_MISSING, CONTACT_WRONG (a consent
-- without a phone; a day before the account or to come).
CREATE OR REPLACE FUNCTION billing_contact_v1(
    p_session text, p_customer bigint, p_contact text, p_shown text, p_consent boolean, p_on date, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v billing_customer;
    v_new billing_customer;
    v_by access_user;
    v_at timestamptz := p_on::timestamp AT TIME ZONE 'Asia/Shanghai';
BEGIN
    SELECT c.* INTO v FROM billing_customer c
    WHERE c.bucket = p_customer % 1000 AND c.customer_id = p_customer FOR UPDATE;
    IF NOT FOUND THEN
        RETURN @CUSTOMER_CLOSED;
    END IF;
    SELECT u.* INTO v_by FROM access_user u WHERE u.login = billing_who_v1(p_session, 'billing.customers', v.biller_id);
    IF NOT FOUND THEN
        RETURN @PERMISSION_MISSING;
    ELSIF p_consent IS NULL OR p_on IS NULL OR p_on NOT BETWEEN least(v.opened_on, (p_now AT TIME ZONE 'Asia/Shanghai')::date)
            AND (p_now AT TIME ZONE 'Asia/Shanghai')::date
        OR p_consent AND coalesce(p_contact, v.contact, '') = ''
    THEN
        RETURN @CONTACT_WRONG;
    END IF;
    UPDATE billing_customer c SET contact = nullif(coalesce(p_contact, c.contact), ''),
        consent_at = CASE WHEN p_consent THEN v_at END, withdrawn_at = CASE WHEN NOT p_consent THEN v_at END
    WHERE c.bucket = v.bucket AND c.customer_id = v.customer_id RETURNING c.* INTO v_new;
    PERFORM audit_draft_v1('update', 'billing_customer', v.customer_id::text,
        jsonb_build_object('contact', v.contact IS NOT NULL, 'consent_at', v.consent_at, 'withdrawn_at', v.withdrawn_at),
        jsonb_build_object('contact', coalesce(nullif(p_shown, ''), (v_new.contact IS NOT NULL)::text),
            'consent_at', v_new.consent_at, 'withdrawn_at', v_new.withdrawn_at),
        '', v_by.login, v_by.id, v_by.institution_id);
    RETURN 0;
END $$;
