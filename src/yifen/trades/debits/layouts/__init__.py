"""Layouts of debit files, as tables: what a biller's file and our result are written in."""

from yifen.core.facts.plug import Text
from yifen.trades.debits.layouts import marked
from yifen.trades.debits.layouts.fixed import Cut, FixedLayout, FixedTable
from yifen.trades.debits.layouts.forms import DebitLayout
from yifen.trades.debits.layouts.piped import PipedLayout, PipedTable


def _cuts(text: str) -> tuple[Cut, ...]:
    """`count10n name40`: a number of 10 bytes, a text of 40."""
    cuts = []
    for word in text.split():
        is_number = word.endswith("n")
        name = word.removesuffix("n").rstrip("0123456789")
        cuts.append(Cut(name, int(word.removesuffix("n")[len(name) :]), is_number))
    return tuple(cuts)


EFE = FixedLayout(FixedTable(
    in_head=_cuts("pid20 cur3 type1 fee3 count10n amt14n sent8 due8 remark128 serial16 bank12"),
    in_row=_cuts("seq10n user32 bank12 acct32 name40 asked12n mode1 note40 dept8 month6 times2 cust40 payee32 energy12n"
                 " late12n meter5 receivable16"),
    out_head=_cuts("pid20 cur3 type1 fee3 count10n amt14n ok10n okamt14n bad10n badamt14n day8 result4"
                   " remark128 bank12 serial30"),
    out_row=_cuts("seq10n user32 bank12 acct32 due12n flag1 paid12n bankserial16 note40 teller8 day8 time6 dept8 month6"
                  " times2 meter5 receivable16 late12n energy12n cust40 payee32 branch15 own32"),
    customer="user", account="acct", name="name", ref="receivable", fen="asked",
    flags={"ok": "1", "short": "2", "account": "5", "other": "5"},
))  # fmt: skip
"""Fixed width, GBK: a power agency's batch of before."""
SET = PipedLayout(PipedTable(
    in_head=("month", "count", "amt", "batch"),
    in_row=("user", "acct", "amt", "month", "area", "payee", "flag"),
    out_head=("month", "count", "amt", "ok", "okamt", "bad", "badamt", "batch", "day"),
    out_row=("user", "acct", "amt", "month", "area", "payee", "code"),
    customer="user", account="acct", name="", ref="", fen="amt",
    codes={"ok": "0000", "short": "0002", "account": "0003"},
))  # fmt: skip
"""Delimited, amounts in fen, the count and sum in its first line."""
PLD = PipedLayout(PipedTable(
    in_head=("md5", "count", "amt"),
    in_row=("seq", "contract", "date", "acct", "name", "total", "business", "fee1", "fee2", "remark"),
    out_head=("count", "amt", "ok", "okamt", "bad", "badamt"),
    out_row=("seq", "contract", "date", "name", "acct", "due", "paid", "business", "paid:business", "fee1",
             "paid:fee1", "fee2",
             "paid:fee2", "day", "code", "text"),
    customer="contract", account="acct", name="name", ref="remark", fen="total", codes={"ok": "0000", "short": "0002"},
    is_yuan=True, digest="md5", first=True,
))  # fmt: skip
"""Delimited, amounts in yuan, with the MD5 of its rows; the bill is named in the remark."""


def _of(name: str, title: Text, codec: FixedLayout | PipedLayout) -> DebitLayout:
    return DebitLayout(name, title, codec.read, codec.row, codec.write, codec.result, codec.read_result)


LAYOUTS: dict[str, DebitLayout] = {one.name: one for one in (
    _of("set", Text("竖线分隔，分（月份|笔数|金额|批号）", "Delimited, in fen (month|count|amount|batch)"), SET),
    _of("pld", Text("竖线分隔，元（MD5|笔数|金额）", "Delimited, in yuan (MD5|count|amount)"), PLD),
    _of("efe", Text("定长，GBK（441999）", "Fixed width, GBK (441999)"), EFE),
    DebitLayout("cnaps", Text("XML（380/381 式样）", "XML (in the manner of 380/381)"), marked.read, marked.row_of,
           marked.write,
           marked.result, marked.read_result),
)}  # fmt: skip
