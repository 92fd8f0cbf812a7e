"""What a biller's own system says is owed: late, twice, or by newer terms."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from tests.remote.scripted import Remote, remote
from tests.world import Database
from yifen.core.facts.codes import Code

DIALECTS = pytest.mark.parametrize("dialect", ["xml", "json"])


@DIALECTS
def test_a_late_answer_never_opens_a_paid_bill_again(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect, timeout_s=10) as it:
            it.biller.script["query"].append("hang")
            asked = asyncio.create_task(it.query())
            await it.biller.reached.wait()  # the answer says that M1 is due
            assert (await it.charge("S1"))[0] is Code.OK
            it.biller.release.set()
            code, reply = await asked
            assert code is Code.OK
            assert "M1" not in {item.payable for item in reply.payables}  # it was asked again
            assert it.biller.verbs().count("query") == 2
            assert it.payable() == ("settled", 1000, False)
            assert (await it.charge("S2"))[0] is Code.ALREADY_PAID
            assert it.biller.verbs().count("charge") == 1
            assert it.in_books(0, 1000)

    asyncio.run(run())


def telling(it: Remote, change: Any) -> None:
    """The biller's answers to queries, changed."""
    answer = it.biller.books.answer

    def told(message: Any, now: Any) -> Any:
        code, body = answer(message, now)
        if hasattr(body, "payables"):
            body = replace(body, payables=change(body.payables))
        return code, body

    it.biller.books.answer = told  # type: ignore[method-assign]


@DIALECTS
def test_one_bill_told_twice_is_one_or_the_answer_is_refused(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect, owed=False) as it:
            other: list[int] = [0]
            telling(it, lambda items: [*items, replace(items[0], due_fen=items[0].due_fen + other[0],
                                                       max_fen=items[0].max_fen + other[0])])  # fmt: skip
            code, reply = await it.query()
            refs = [item.payable for item in reply.payables]
            assert (code, len(refs), len(set(refs))) == (Code.OK, 9, 9)
            assert it.payable() == ("open", 0, False)
            before = it.rows("SELECT * FROM payable ORDER BY ref")
            other[0] = 7
            assert (await it.query())[0] is Code.BILLER_UNAVAILABLE
            assert it.rows("SELECT * FROM payable ORDER BY ref") == before
            assert len(before) == 9

    asyncio.run(run())


def test_newer_terms_replace_the_older(database: Database) -> None:
    async def run() -> None:
        async with remote(database, "json", owed=False) as it:
            terms: dict[str, Any] = {}
            telling(it, lambda items: [replace(items[0], **terms), *items[1:]])
            shown = "SELECT mode::text, min_fen, max_fen, due_fen FROM payable WHERE ref = 'M1'"
            for mode, low, high in (("exact", 1000, 1000), ("partial", 100, 1000), ("partial", 300, 1000),
                                    ("exact", 1000, 1000)):  # fmt: skip
                terms |= {"mode": mode, "min_fen": low, "max_fen": high}
                assert (await it.query())[0] is Code.OK
                assert it.rows(shown) == [(mode, low, high, 1000)]
            assert (await it.charge("S1"))[0] is Code.OK
            assert it.in_books(0, 1000)

    asyncio.run(run())
