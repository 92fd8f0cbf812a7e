"""The conformance set of billers: honest ones pass, and each clause finds what it is there for."""

import pytest

from tests.certify import broken
from tests.certify import broken_books as books_of
from tests.certify.running import BILLS, TIMING, books, failed, honest, listening, run
from yifen.core.wire.keys import Key
from yifen.hub.certify.biller import CLAUSES
from yifen.hub.simulators import listener
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.people import Payer, PayerBill

W = broken.with_books
# What is broken, the dialect, further fields of the target, and the clauses that must fail: no more.
BREAKS = [
    (W(books_of.VagueMinimum), "xml", {}, "B-01"),
    (W(books_of.KnowsEverybody), "json", {}, "B-02"),
    (W(books_of.BooksNothing), "xml", {}, "B-03"),
    (W(books_of.ForgetsConfirm), "json", {}, "B-04"),
    (W(books_of.ConfirmsAnotherPayment), "xml", {}, "B-04"),
    (W(books_of.NeverReverses), "xml", {}, "B-05"),
    (W(books_of.ReversesInWordsOnly), "json", {}, "B-05"),
    (W(books_of.AnswersRepeatsAnew), "xml", {}, "B-06"),
    (W(books_of.BooksRepeatsAgain), "json", {}, "B-06 B-07 B-18 B-20"),
    (broken.BooksWithoutLooking, "xml", {}, "B-07 B-19 B-20"),
    (W(books_of.ReplaysWithoutLooking), "json", {}, "B-08 B-09"),
    (W(books_of.LooksAtPayablesOnly), "xml", {}, "B-08"),
    (W(books_of.LooksAtPaidOnly), "xml", {}, "B-09"),
    (W(books_of.TakesAnyAmount), "xml", {}, "B-10"),
    (W(books_of.TakesAnyTotal), "json", {}, "B-11"),
    (W(books_of.TakesWhatItKnows), "xml", {}, "B-12"),
    (W(books_of.TakesItTwice), "xml", {}, "B-13"),
    (W(books_of.SaysRefusedOfUnknown), "json", {}, "B-14"),
    (W(books_of.ReversesAnyAmount), "xml", {}, "B-15"),
    (W(books_of.KeepsNoTombstone), "json", {}, "B-16"),
    (W(books_of.ReversesTwice), "xml", {}, "B-17"),
    (W(books_of.BooksAfterReversal), "json", {}, "B-18"),
    (broken.StuckWhenLeft, "xml", {"timeout_s": 1.0}, "B-19"),
    (broken.LosesAnswerWhenLeft, "xml", {}, "B-20"),
    (broken.BooksThoughReversed, "xml", {"settle_s": 0.8}, "B-21"),
    (broken.BelievesAnybody, "xml", {}, "B-22 B-23"),
    (broken.BelievesAnySignature, "json", {}, "B-22"),
    (broken.IgnoresDigest, "json", {}, "B-23"),
    (broken.DigestsLess, "xml", {}, "B-23"),
    (broken.HasNoClock, "xml", {}, "B-24"),
    (broken.HasNoClockJson, "json", {}, "B-24"),
    (broken.TakesDoctype, "xml", {}, "B-25"),
    (broken.TakesTheLastOfTwo, "xml", {}, "B-27"),
    (broken.TakesTheLastOfTwo, "json", {}, "B-27"),
    (broken.RefusesRareCharacters, "xml", {}, "B-28"),
    (broken.DiesOfAMark, "xml", {}, "B-29"),
    (broken.TakesAnyBytes, "xml", {}, "B-30"),
    (broken.TakesAnyBytes, "json", {}, "B-30"),
    (broken.AnswersUnsigned, "xml", {}, "B-31"),
    (broken.AnswersUnsigned, "json", {}, "B-31"),
    (broken.AnswersForged, "json", {}, "B-31"),
    (broken.AnswersYesterday, "xml", {}, "B-32"),
    (broken.AnswersYesterday, "json", {}, "B-32"),
    (broken.AnswersOfAnother, "xml", {}, "B-33"),
    (broken.LeavesOutTheDay, "xml", {}, "B-34"),
    (broken.LeavesOutTheDay, "json", {}, "B-34"),
    (broken.EchoesYuan, "xml", {}, "B-35"),
    (broken.EchoesYuan, "json", {}, "B-35"),
    (broken.EchoesAnotherAmount, "xml", {}, "B-35"),
    (broken.AnswersInGb18030, "xml", {}, "B-36"),
    (broken.Misdeclares, "xml", {}, "B-36"),
    (broken.LosesCharacters, "json", {}, "B-36"),
    (broken.IsSlow, "xml", {"timeout_s": 0.4}, "B-37"),
]  # fmt: skip


def ids(given: object) -> str | None:
    return given.__name__ if isinstance(given, type) else None


@pytest.mark.parametrize(("kind", "dialect", "fields", "clauses"), BREAKS, ids=ids)
def test_just_the_broken_rule_is_found(
    kind: type[broken.Broken], dialect: str, fields: dict[str, object], clauses: str
) -> None:
    with listening(kind(books(kind.books_kind))) as url:
        report = run(url, dialect, **fields)
    why = failed(report)
    assert sorted(why) == clauses.split(), why
    assert not report.ok
    assert all(why.values())


def test_a_message_of_any_length_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "BODY_MAX", 1 << 24)
    with listening(honest(books())) as url:
        assert list(failed(run(url))) == ["B-26"]


def test_every_clause_was_seen_to_fail() -> None:
    seen = {name for *_, clauses in BREAKS for name in clauses.split()} | {"B-26"}
    assert seen == {row.id for row in CLAUSES}


@pytest.mark.parametrize(
    ("dialect", "unit", "fields"),
    [
        ("xml", "fen", {}),
        ("xml", "fen", {"encoding": "gb18030"}),
        ("xml", "yuan", {"unit": "yuan"}),
        ("json", "fen", {}),
    ],
)
def test_an_honest_biller_passes_every_clause_and_has_nothing_left(
    dialect: str, unit: str, fields: dict[str, object]
) -> None:
    found = books()
    with listening(honest(found, unit)) as url:
        report = run(url, dialect, **fields)
    assert failed(report) == {}
    assert (report.not_run, report.ok) == (0, True)
    assert [f.id for f in report.clauses] == [r.id for r in CLAUSES if dialect in r.dialects]
    assert {state for _, state in found.state().values()} == {"reversed"}
    assert f"{len(found.state())} charges of " in report.note_en
    assert "all were reversed" in report.note_en


def test_what_could_not_be_reversed_is_named() -> None:
    found = books(books_of.NeverReverses)
    with listening(broken.Broken(found)) as url:
        report = run(url)
    left = [serial for serial, (_, state) in found.state().items() if state == "booked"]
    assert left
    assert all(f"{serial} (1." in report.note_en for serial in left), report.note_en


def test_where_charges_do_not_work_no_more_money_is_put_at_stake() -> None:
    with listening(broken.Broken(books(books_of.BooksNothing))) as url:
        report = run(url)
    words = {f.id: f.verdict for f in report.clauses}
    assert (words["B-03"], words["B-06"], words["B-20"]) == ("fail", "not_run", "not_run")
    assert (words["B-10"], words["B-22"]) == ("pass", "pass")


def test_an_account_that_owes_nothing_fails_the_charge_and_says_why() -> None:
    with listening(honest(books(bills=0))) as url:
        report = run(url)
    assert failed(report) == {"B-03": "account A1 owes nothing: choose one that does"}
    assert report.not_run > 20


HEAT = PayerBill("2026", "2026—2027采暖季热费", "partial", 200_000, 10_000, 200_000, None)
TOP_UP = PayerBill("TOPUP", "预存", "open", 0, 100, 1_000_000, None)


@pytest.mark.parametrize(
    "bills", [BILLS[:1], (HEAT,), (TOP_UP,), (TOP_UP, HEAT)], ids=["exact", "partial", "open", "two"]
)
def test_an_account_with_any_one_payable_is_enough_for_every_clause(bills: tuple[PayerBill, ...]) -> None:
    kind = books_of.OfAnyMode if bills != BILLS[:1] else BillerBooks
    found = kind("GAS01", [Payer("A1", "欧阳𫖯", bills)])
    with listening(honest(found)) as url:
        report = run(url, "json")
    assert [(f.id, f.verdict, f.seen_en) for f in report.clauses if f.verdict != "pass"] == []
    assert (report.ok, len(report.clauses)) == (True, 36)
    assert {state for _, state in found.state().values()} == {"reversed"}


def test_the_same_serial_for_an_invented_payable_is_found_too() -> None:
    with listening(broken.Broken(books(books_of.ReplaysWithoutLooking, bills=1))) as url:
        assert list(failed(run(url, "json"))) == ["B-08", "B-09"]


def test_two_top_ups_under_one_payment_id_are_found() -> None:
    found = books_of.OnePaymentId("GAS01", [Payer("A1", "欧阳𫖯", (TOP_UP,))])
    with listening(broken.Broken(found)) as url:
        assert "B-13" in failed(run(url, "json"))


def test_an_endpoint_that_does_not_answer_is_not_waited_for_37_times() -> None:
    began = TIMING.elapsed_s()
    report = run("http://127.0.0.1:9", timeout_s=0.2)
    assert list(failed(report)) == ["B-01"]
    assert report.not_run == len(CLAUSES) - 1
    assert TIMING.elapsed_s() - began < 5


def test_the_wrong_key_is_told_from_a_broken_endpoint() -> None:
    wrong = Key(partner="GAS01", version=1, algorithm="hmac-sha256", secret=b"another")
    with listening(honest(books())) as url:
        report = run(url, "json", key=wrong)
    why = failed(report)
    assert why["B-01"] == "the query was answered 2005 SIGNATURE_INVALID"
    assert "B-31" in why
