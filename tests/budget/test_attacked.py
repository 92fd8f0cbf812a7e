"""What a stranger's attack found: a number of a list stops no year's end, a document taken away is named."""

from datetime import timedelta

from psycopg.types.json import Jsonb

from tests.budget.bureau import Bureau
from tests.world import DAY
from yifen.trades.budget import proof


def test_a_number_of_a_list_stops_no_years_end_and_a_document_taken_away_is_named(bureau: Bureau):
    world, after = bureau.world, DAY.year + 1
    for number, fen, year in (("K1", 1_000, DAY.year), ("K2", 2_000, DAY.year), (f"K1-{after}", 500, after)):
        assert bureau.grant(number, fen, project="P1", year=year) == "OK"
    assert bureau.arrive("K2", 2_000) == "OK"
    world.set_up("ALTER TABLE budget_entry DISABLE TRIGGER append_only")
    with world.as_owner():
        world.set_up("UPDATE budget_entry SET doc_no = NULL WHERE kind = 'arrived'")
        assert [one for one in proof.altered(world.conn) if "has no document" in one]
        world.set_up("UPDATE budget_entry SET doc_no = '到账4' WHERE kind = 'arrived'")
        assert proof.altered(world.conn) == []
    world.set_up("UPDATE ledger_book SET current_day = current_day + 365")
    world.now += timedelta(days=365)
    assert bureau.year_end(DAY.year) == "OK"
    assert world.rows("SELECT number, granted_fen FROM budget_indicator WHERE year = %s ORDER BY number", after) == [
        (f"K1-{after}", 500), (f"K1-{after}-2", 1_000), (f"K2-{after}", 2_000)]  # fmt: skip


def test_a_rule_with_fields_of_another_type_is_refused_by_number(bureau: Bureau):
    world = bureau.world
    asked = "SELECT budget_rule_against_v1(%s, %s, now())"
    codes = [world.value(asked, bureau.id, Jsonb(rule)) for rule in ({"valid_from": "x"}, {"due_day": 2**70})]
    assert len(set(codes)) == 1
    assert bureau.rule(valid_from=str(DAY + timedelta(3)), levels=[5]) == "BUDGET_LEVELS_WRONG"
    assert bureau.rule(valid_from=str(DAY + timedelta(3)), levels=5) == "BUDGET_LEVELS_WRONG"
