"""A mapping tried on the living database: a customer asked for, a payment written and rolled back; every statement with
what was bound to it. For the page and for `./yifen certify db`. Outside any transaction of ours."""

import time
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.core.wire.messages import Charge, Line, Query
from yifen.core.wire.replies import BillerAnswer, QueryReply
from yifen.trades.connector.codes import ConnectorCode
from yifen.trades.connector.database import Call, DatabaseFault, SaidStatement, UtilityDatabase
from yifen.trades.connector.mapping import Mapping
from yifen.trades.connector.verbs import Verbs

BILLER = "TRIAL"
CALL_S = 15.0


class MappingTrial(NamedTuple):
    """What one verb came to. `code`: its number, 0000: as it should be; `says`: the database's own words, or what was
    not as the mapping says; `said`: the statements, values as people may see them; `ms`: how long it took."""

    title: Text
    code: str
    says: str
    said: list[tuple[str, str, int | None]]
    ms: int
    owed: QueryReply | None = None

    @property
    def ok(self) -> bool:
        return self.code == "0000"


def query(database: UtilityDatabase, mapping: Mapping, account_no: str, now: datetime) -> MappingTrial:
    """What is owed."""
    return _tried(database, mapping, Text("查询", "Query"), now, lambda verbs: verbs.query(
        Query(biller=BILLER, account_no=account_no)))  # fmt: skip


def payment(
    database: UtilityDatabase, mapping: Mapping, account_no: str, owed: QueryReply, now: datetime
) -> MappingTrial:
    """The first bill paid, by a serial of this trial, in a transaction that is rolled back."""
    if any(one.is_call for one in mapping.pay):
        raise Refused(ConnectorCode.MAPPING_INVALID, "toml", Bilingual(
            "存储过程写下的可能不随回滚消失：用 ./yifen certify db 试",
            "a procedure may keep what is rolled back: ./yifen certify db"))  # fmt: skip
    bill = owed.payables[0]
    charge = Charge(serial=str(time.time_ns()), biller=BILLER, account_no=account_no, amount_fen=bill.due_fen,
                    lines=[Line(payable=bill.payable, amount_fen=bill.due_fen)], paid_at=now)  # fmt: skip
    return _tried(database, mapping, Text("写入并回滚", "Written and rolled back"), now,
                  lambda verbs: verbs.charge(charge, keeps=False))  # fmt: skip


def _tried(database: UtilityDatabase, mapping: Mapping, title: Text, now: datetime, ask: Any) -> MappingTrial:
    call = Call(time.monotonic() + CALL_S)
    began = time.monotonic()
    try:
        answer: BillerAnswer = ask(Verbs(database, mapping, call, now))
    except DatabaseFault as fault:
        code, says, owed = f"{fault.code:04d}", f"{fault.fault.word} {fault.fault.says}".strip(), None
    else:
        code, says = answer.wire_code, answer.message
        owed = answer.reply if isinstance(answer.reply, QueryReply) else None
    ms = round(1000 * (time.monotonic() - began))
    return MappingTrial(title, code, says, [(one.sql.strip(), shown(one), one.rows) for one in call.said], ms, owed)


def shown(one: SaidStatement) -> str:
    """Its values; an account number by its tail."""
    return ", ".join(f"{name} = {_masked(name, value)}" for name, value in one.values.items())


def _masked(name: str, value: Any) -> str:
    if name == "account":
        return masked_number(str(value))
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def meaning(code: str, english: bool) -> str:
    """The sentence of a number."""
    if code == "0000":
        return Code.OK.meaning.en if english else Code.OK.meaning.zh
    found = result_code(int(code)).meaning
    return found.en if english else found.zh
