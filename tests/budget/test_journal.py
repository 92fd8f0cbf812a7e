"""Indicators from grant to return: every sum, every refusal, and who may."""

from tests.budget.bureau import Bureau


def test_what_is_held_is_posted_or_released_and_what_comes_back_is_quota_again(bureau: Bureau):
    assert bureau.grant("ZB1", 1_000) == "OK"
    assert bureau.sums("ZB1") == (1_000, 1_000, 0, 0, 0)
    assert bureau.hold("ZB1", 400, "c1") == ("BUDGET_NOT_ARRIVED", None)
    assert bureau.arrive("ZB1", 600) == "OK"
    assert bureau.hold("ZB1", 1_001, "c1") == ("BUDGET_SHORT", None)
    code, first = bureau.hold("ZB1", 400, "c1")
    assert code == "OK"
    assert bureau.hold("ZB1", 400, "c1") == ("OK", first)
    assert bureau.hold("ZB1", 399, "c1") == ("BUDGET_HOLD_OTHER", None)
    _, second = bureau.hold("ZB1", 200, "c2")
    assert bureau.sums("ZB1") == (1_000, 400, 0, 600, 0)
    assert (bureau.post(first, 401), bureau.post(first, 0)) == ("BUDGET_HOLD_TOO_MUCH",) * 2
    assert bureau.post(first, 300) == "OK"
    assert (bureau.release(first), bureau.release(first), bureau.release(second)) == ("OK",) * 3
    assert bureau.post(second, 1) == "BUDGET_HOLD_TOO_MUCH"
    assert bureau.hold("ZB1", 200, "c2") == ("BUDGET_HOLD_OTHER", None)
    assert bureau.sums("ZB1") == (1_000, 400, 300, 0, 300)
    assert (bureau.restore(first, 301), bureau.restore(first, 100)) == ("RESTORE_TOO_MUCH", "OK")
    assert (bureau.restore(first, 50, 2025), bureau.restore(first, 50, 2027)) == ("BUDGET_YEAR_CLOSED",) * 2
    assert bureau.sums("ZB1") == (1_000, 400, 400, 0, 200)
    assert bureau.entries("ZB1") == [
        ("granted", 1_000), ("arrived", 600), ("held", 400), ("held", 200), ("posted", 300), ("released", 100),
        ("released", 200), ("restored", 100)]  # fmt: skip


def test_cuts_take_what_is_free_and_no_document_counts_twice(bureau: Bureau):
    assert bureau.grant("ZB1", 1_000, doc_no="A1") == "OK"
    assert (bureau.grant("ZB1", 1_000, doc_no="A1"), bureau.grant("ZB1", 5, fund="1112")) == (
        "DOC_TWICE", "INDICATOR_OTHER")  # fmt: skip
    assert (bureau.arrive("ZB1", 700, "D1"), bureau.arrive("ZB1", 1, "D1"), bureau.arrive("ZB1", 301)) == (
        "OK", "DOC_TWICE", "BUDGET_SHORT")  # fmt: skip
    assert [bureau.grant("ZB1", fen) for fen in (-301, -300, 50)] == ["BUDGET_SHORT", "OK", "OK"]
    assert (bureau.grant("ZB2", -1), bureau.arrive("ZB1", -701), bureau.arrive("ZB1", -100)) == (
        "INDICATOR_UNKNOWN", "BUDGET_SHORT", "OK")  # fmt: skip
    assert bureau.sums("ZB1") == (750, 150, 600, 0, 0)


def test_where_the_indicator_alone_controls_it_is_in_quota_at_once(bureau: Bureau):
    bureau.world.set_up("ALTER TABLE budget_rule DISABLE TRIGGER append_only")
    bureau.world.set_up("UPDATE budget_rule SET control = 'indicator'")
    assert (bureau.grant("ZB1", 1_000), bureau.grant("ZB1", -200)) == ("OK", "OK")
    assert bureau.sums("ZB1") == (800, 0, 800, 0, 0)
    assert bureau.entries("ZB1") == [("granted", 1_000), ("arrived", 1_000), ("withdrawn", 200), ("cut", 200)]
