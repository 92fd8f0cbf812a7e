"""Who may do what where: posts say it, lists bring them, and what a list does not name stays."""

from datetime import timedelta

from tests.budget.bureau import CODE, Bureau


def who(bureau: Bureau, login: str, permission: str, unit: str) -> bool:
    asked = (login, permission, bureau.unit(unit))
    return bureau.world.value("SELECT budget_who_v1(%s, %s, %s)", *asked) == login


def test_a_post_counts_at_its_unit_and_below_until_its_last_day(bureau: Bureau):
    today = bureau.world.value("SELECT budget_clock_v1(%s)", bureau.id)
    assert [who(bureau, "c01", "budget.view", unit) for unit in ("101001", "101002", "101", CODE)] == [
        True, False, False, False]  # fmt: skip
    assert [who(bureau, "b01", "budget.move", unit) for unit in ("101001", CODE)] == [True, True]
    assert (who(bureau, "c01", "budget.move", "101001"), who(bureau, "maker01", "budget.rules", CODE)) == (False, False)
    assert bureau.posts(("C01", "101001"), until=str(today)) == "OK"
    assert who(bureau, "c01", "budget.view", "101001")
    assert bureau.posts(("C01", "101001"), until=str(today - timedelta(days=1))) == "OK"
    assert not who(bureau, "c01", "budget.view", "101001")
    assert bureau.world.value("SELECT budget_me_v1('c01')") is None
    assert who(bureau, "h01", "budget.view", "101001")  # whom the list did not name
    moved = {"from": str(today)}
    assert bureau.posts(("C01", "101002"), **moved) == "OK"  # a transfer: there from today on
    assert [who(bureau, "c01", "budget.view", unit) for unit in ("101001", "101002")] == [False, True]


def test_who_has_no_post_at_the_root_moves_no_budget(bureau: Bureau):
    assert bureau.grant("ZB1", 100) == "OK"
    bureau.login("b03", "budget_bureau")  # a login with the role, and no post
    row = {"rows": [{"number": "ZB1", "doc_no": "D1", "fen": 50}]}
    asked = ("budget.quota", "budget_quota_v1", row)
    assert bureau.agreed(*asked, "b03", "b01") == "PERMISSION_MISSING"
    assert bureau.agreed(*asked, "b01", "b03") == "BUDGET_NOT_AGREED"
    bureau.login("b04", "budget_bureau", person="b01")  # another login of the same person
    assert bureau.agreed(*asked, "b01", "b04") == "CHECKER_IS_MAKER"
    assert bureau.agreed(*asked, "maker01", "b01") == "PERMISSION_MISSING"
    assert bureau.agreed(*asked, "b01", "b01") == "CHECKER_IS_MAKER"
    assert bureau.sums("ZB1") == (100, 100, 0, 0, 0)


def test_a_list_that_is_wrong_changes_nothing(bureau: Bureau):
    before = (bureau.world.rows("SELECT * FROM budget_unit ORDER BY 1"),
              bureau.world.rows("SELECT * FROM budget_post"))  # fmt: skip
    assert bureau.units(("101", "教育局", "101001")) == "BUDGET_LIST_CIRCLE"
    assert bureau.units(("103", "卫生局", "104")) == "BUDGET_UNIT_UNKNOWN"
    assert bureau.units(("103", "卫生局", "")) == "BUDGET_LIST_UNIT_WRONG"  # there is one root
    assert bureau.units(("103", "卫生局", CODE), ("103", "卫健委", CODE)) == "BUDGET_LIST_ROW_TWICE"
    assert bureau.units(("103", "卫生局", CODE), bank_code="104617000012") == "BUDGET_LIST_UNIT_WRONG"
    assert bureau.posts(("P02", "999")) == "BUDGET_UNIT_UNKNOWN"
    assert bureau.posts(("P02", "101001"), until="2019-12-31") == "BUDGET_LIST_POST_WRONG"
    assert bureau.posts(("P01", "101001"), **{"from": "2026-01-01"}) == "BUDGET_LIST_POSTS_OVERLAP"
    assert bureau.units() == "BUDGET_LIST_EMPTY"
    assert (bureau.world.rows("SELECT * FROM budget_unit ORDER BY 1"),
            bureau.world.rows("SELECT * FROM budget_post")) == before  # fmt: skip
    assert bureau.units(("103", "卫生局", CODE), ("103001", "医院", "103")) == "OK"  # one below another of the list


def test_no_process_holds_posts_or_writes(bureau: Bureau):
    inside = ("hold", "post", "release", "restore", "enter", "enter_hold", "enter_agreed", "lock", "agreed")
    for role in ("yifen_pages", "yifen_worker", "yifen_gateway", "yifen_night"):
        assert bureau.world.rows(
            "SELECT p.proname FROM pg_proc p WHERE p.proname = ANY (%s)"
            " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
            [f"budget_{name}_v1" for name in inside], role) == []  # fmt: skip
        assert bureau.world.rows(
            "SELECT c.relname FROM pg_class c WHERE c.relname LIKE 'budget_%%' AND c.relkind = 'r'"
            " AND c.relname <> 'budget_list' AND has_table_privilege(%s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')",
            role) == []  # fmt: skip
    known = "SELECT count(*) FROM pg_proc WHERE proname = ANY (%s)"
    assert bureau.world.value(known, [f"budget_{name}_v1" for name in inside]) == len(inside)


def test_a_claim_finds_its_indicator_or_a_reason_with_figures(bureau: Bureau):
    assert (bureau.grant("A", 1_000), bureau.arrive("A", 400), bureau.grant("B", 500, project="P1")) == ("OK",) * 3

    def match(fen: int, fund: str | None = "1111", project: str | None = "", gov: str = "50299") -> tuple[object, ...]:
        asked = (bureau.unit("101001"), 2026, "2010350", gov, None, project, fund, fen)
        found = bureau.world.rows("SELECT * FROM budget_match_v1(%s, %s, %s, %s, %s, %s, %s, %s)", *asked)
        code, one, *figures = found[0]
        return bureau.code("SELECT %s::integer", code), one, *figures

    assert match(400) == ("OK", bureau.indicator("A"), 400, 600, 1)
    assert match(401) == ("BUDGET_NOT_ARRIVED", None, 400, 600, 1)
    assert match(1_001) == ("BUDGET_SHORT", None, 400, 600, 1)
    assert match(1, "1112") == ("BUDGET_FUND", None, 0, 0, 0)
    assert match(1, project="P2") == ("BUDGET_NONE", None, 0, 0, 0)
    assert match(1, gov="50399") == ("BUDGET_NONE", None, 0, 0, 0)
    assert bureau.arrive("B", 300) == "OK"
    assert match(300, project=None) == ("BUDGET_MANY", None, 400, 600, 2)
    assert match(301, project=None) == ("OK", bureau.indicator("A"), 400, 600, 1)

    # Reception 公务接待费 is of 50206: that one pays for it; where it has too little, it is asked.
    assert (bureau.grant("C", 100, gov="50206"), bureau.arrive("C", 100)) == ("OK", "OK")
    exact = "SELECT code, indicator_id FROM budget_match_v1(%s, 2026, NULL, NULL, '30217', NULL, NULL, %s)"
    assert bureau.world.rows(exact, bureau.unit("101001"), 100) == [(0, bureau.indicator("C"))]
    ((code, one),) = bureau.world.rows(exact, bureau.unit("101001"), 101)
    assert (bureau.code("SELECT %s::integer", code), one) == ("BUDGET_MANY", None)
