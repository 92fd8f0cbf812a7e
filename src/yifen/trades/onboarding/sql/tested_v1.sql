-- That a conformance run was passed its worker says, who made it; a page asks for one, and no more.
CREATE OR REPLACE FUNCTION onboarding_tested_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.ok AND current_user = 'yifen_web' THEN
        RAISE EXCEPTION 'a run is passed by who ran it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER tested BEFORE INSERT OR UPDATE ON conformance_run
    FOR EACH ROW EXECUTE FUNCTION onboarding_tested_v1();
