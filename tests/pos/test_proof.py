"""What `verify` names of the door's books: whatever somebody who owns the tables changes, adds or takes away."""

import pytest
from psycopg.types.json import Jsonb

from tests.pos.bench import PosBench
from yifen.hub.payments.connections import ReadConnections
from yifen.hub.pos.proof import altered


@pytest.fixture(scope="module")
def busy(bench: PosBench) -> PosBench:
    """A terminal with a sale, a void, a refusal, a reversal, a closed batch, and one that is open."""
    account, terminal = bench.account(), bench.terminal()
    assert [bench.code(terminal.sale(account, fen)) for fen in (1_000, 2_000, 100_51)] == ["00", "00", "51"]
    assert bench.code(terminal.void(terminal.trace - 1)) == "00"
    assert bench.code(terminal.settle()) == "00"
    assert bench.code(terminal.sale(account, 3_000)) == "00"
    assert bench.code(terminal.reverse(terminal.trace, 3_000)) == "00"
    assert bench.code(terminal.sale(account, 4_000)) == "00"
    assert altered(bench.conn) == []
    return bench


_REFUND = """INSERT INTO pos_undo (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, hub_state,
    acquirer_state, made_at, settle_at) SELECT 'refund', terminal_no, batch_no, trace + 500, sale_id, 4000, '00', %s,
    now(), now() FROM pos_sale WHERE amount_fen = 4000"""
CHANGES = {
    "account": ("pos_sale SET account_no = 'X'", 1_000, "is not what a terminal asked for"),
    "amount": ("pos_sale SET amount_fen = 999", 1_000, "is not what its payment says"),
    "deleted": ("", 4_000, "is of a POS sale that is not there"),
    "refused deleted": ("", 100_51, "entries, "),
    "refused made open": ("pos_sale SET state = 'asked'", 100_51, "is asked, the acquirer said 51"),
    "declined": ("pos_sale SET state = 'declined'", 4_000, "is booked, its POS sale is declined"),
    "reference": ("pos_sale SET acquirer_ref = 'X'", 4_000, "has another reference"),
    "answer": ("pos_sale SET answer = overlay(answer placing '\\x31' from 60)", 4_000, "has an answer"),
    "no answer": ("pos_sale SET answer = NULL, answer_by = NULL", 4_000, "has no answer"),
    "refund": (_REFUND % "'done', 'none'", 0, "is done, the hub gave nothing back"),
    "refund due": (_REFUND % "'due', 'due'", 0, "is not what anybody asked for"),
    "undo": ("pos_undo SET acquirer_state = 'refused'", 2_000, "is refused, the acquirer said 00"),
    "no undo": ("DELETE FROM pos_undo WHERE kind = 'reversal'", 0, "is reversed, by no undo"),
    "sums": ("UPDATE pos_batch SET debit_fen = 5 WHERE state = 'closed'", 0, "is not what its sales add up to"),
    "their sums": ("UPDATE pos_batch SET their_debit_fen = 5 WHERE state = 'closed'", 0, "by no exception"),
    "count": ("UPDATE pos_session SET entries = entries + 1", 0, "entries, "),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_an_owner_changes_is_named(busy: PosBench, change):
    statement, fen, said = CHANGES[change]
    if fen:
        statement = f"UPDATE {statement}" if statement else "DELETE FROM pos_sale"
        statement += f" WHERE amount_fen = {fen}"
    found = busy.named(statement)
    assert any(said in one for one in found), found


def test_the_doors_role_cannot_say_what_the_rows_do_not(busy: PosBench):
    """It calls what it is granted, with whatever it likes: a sale is booked by its payment, an undo by its return."""
    account, terminal = busy.account(), busy.terminal()
    busy.ask(terminal, account, 77)
    sale_id = busy.world.value("SELECT max(sale_id) FROM pos_sale")
    door = ReadConnections(busy.database.url("yifen_pos"))
    end = {"item": 0, "sale": sale_id, "state": "booked", "code": 0, "ref": "", "auth": "", "answer": None,
           "answer_by": None, "charged": True, "home": 0, "reason": "98", "seal": "00",
           "at": busy.clock().isoformat()}  # fmt: skip

    def told(statement: str, what: object) -> list:
        return busy.run(door.rows(statement, (Jsonb(what), busy.clock())))

    assert told("SELECT * FROM pos_end_v1(%s, %s)", [end])[0][1] == "asked"
    assert told("SELECT * FROM pos_end_v1(%s, %s)", [end | {"state": "unknown"}])[0][1] == "unknown"
    undo = busy.world.value("SELECT undo_id FROM pos_undo WHERE sale_id = %s", sale_id)
    half = {"undo": undo, "half": "hub", "state": "done", "code": 0, "home": 0}
    assert told("SELECT pos_half_v1(%s, %s)", half)[0][0] is False
    assert any("is not what anybody asked for" in one for one in altered(busy.conn))
    busy.until_rest()
    assert busy.sale(terminal, 77) == ("reversed", 0)
    busy.run(door.close())
