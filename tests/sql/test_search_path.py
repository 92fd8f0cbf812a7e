"""Whatever runs with the owner's rights looks in `public`, never in a caller's temporary schema."""

from typing import Any

import psycopg

from tests.world import Database, World

OPEN = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
    AND (p.prosecdef OR p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype))
    AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=public, pg_temp']
ORDER BY 1"""


def test_every_function_with_the_owners_rights_and_every_trigger_names_its_path(
    shared_database: Database,
) -> None:
    with psycopg.connect(shared_database.owner_url) as conn:
        assert conn.execute(OPEN).fetchall() == []
        closed = conn.execute(OPEN.replace("NOT coalesce", "coalesce")).fetchall()
        assert ("charge" in str(closed), len(closed) > 60) == (True, True)


def test_a_temporary_table_of_the_same_name_hides_no_act(rolled_back: psycopg.Connection[Any]) -> None:
    world = World(rolled_back)
    world.run("SET LOCAL search_path = pg_temp, public")
    world.set_up(  # a process cannot: no role of theirs has TEMP
        "CREATE TEMP TABLE audit_draft (LIKE public.audit_draft INCLUDING ALL) ON COMMIT DROP"
    )
    world.set_up("GRANT SELECT, INSERT ON pg_temp.audit_draft TO PUBLIC")
    before = world.value("SELECT count(*) FROM public.audit_draft")
    world.run("INSERT INTO public.calendar_day VALUES ('2030-01-01', 'holiday', '元旦')")
    assert world.value("SELECT count(*) FROM public.audit_draft") == before + 1
    assert world.value("SELECT count(*) FROM pg_temp.audit_draft") == 0
