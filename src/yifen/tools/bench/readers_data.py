"""Files of every partner's format for `yifen bench readers`: a day of payments, one in fifty taken back."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from random import Random
from typing import NamedTuple

from yifen.core.facts.daily_file import DailyHead, DailyTail, text_head, text_tail
from yifen.core.facts.money import format_yuan
from yifen.tools.bench.reconcile_data import DAY
from yifen.trades.reconciliation.readers import (
    alipay,
    alipay_fund,
    unionpay_zm,
    unionpay_zme,
    wechat_fund,
)
from yifen.trades.reconciliation.readers import wechat_trade as wechat
from yifen.trades.reconciliation.readers.fixed_width import Fields
from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.readers.ums import CAPTION

BACK_EVERY = 50


class Payment(NamedTuple):
    """What every format says of a row. `at`: "08:35:41"."""

    number: int
    serial: str
    original: str  # the serial that it takes back
    fen: int
    fee: int  # hundred-thousandths of a yuan
    at: str

    @property
    def yuan(self) -> str:
        return format_yuan(self.fen)

    @property
    def fee_fen(self) -> int:
        return (self.fee + 500) // 1000


class FormatFile(NamedTuple):
    """A format's file: its code, the rows a second that it should be read by, its lines, what is known of it."""

    name: str
    code: str
    goal: int
    lines: Callable[[list[Payment]], Iterator[str]]
    encoding: str = "utf-8"
    hints: Hints = Hints()


def payments(rows: int) -> list[Payment]:
    """That many rows, the same at every call."""
    draw = Random(14)
    made = []
    for number in range(1, rows + 1):
        seconds = number * 86_000 // rows
        at = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        back = number % BACK_EVERY == 0
        fen = draw.randrange(1, 500_000)
        original = f"YF20261123{number - 1:010}" if back else ""
        made.append(Payment(number, f"YF20261123{number:010}", original, fen, fen * 6, at))
    return made


def _hub(rows: list[Payment]) -> Iterator[str]:
    charges = [row for row in rows if not row.original]
    back = [row for row in rows if row.original]
    head = text_head(DailyHead("WX", DAY, len(charges), sum(row.fen for row in charges), len(back),
                               sum(row.fen for row in back), "ab" * 32))  # fmt: skip
    whole = sha256(head.encode())
    yield head
    for row in rows:
        kind, at = ("refund" if row.original else "charge"), f"20261123{row.at.replace(':', '')}"
        line = f"D|{kind}|{row.serial}|{row.original}|{row.number}|WATER|{row.number:010}|{row.fen}|{at}|{at}|\n"
        whole.update(line.encode())
        yield line
    yield text_tail(DailyTail(len(rows), whole.hexdigest()))


def _wechat_trade(rows: list[Payment]) -> Iterator[str]:
    yield "\ufeff" + ",".join(list(wechat.COLUMNS)[:14] + list(wechat.COLUMNS)[16:]) + "\r\n"
    for row in rows:
        state = ("REFUND", row.serial, f"50300003872026{row.number:014}", "ORIGINAL", "SUCCESS") if row.original else (
            "SUCCESS", "0", "0", "", "")  # fmt: skip
        paid, back = ("0.00", row.yuan) if row.original else (row.yuan, "0.00")
        fee = f"{'-' if row.original else ''}{row.fee // 100_000}.{row.fee % 100_000:05}"
        yield (
            f"`2026-11-23 {row.at},`wx8888888888888888,`1900000109,`0,`,`4200000387202611{row.number:012},"
            f"`{row.original or row.serial},`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`{state[0]},`PSBC_DEBIT,`CNY,`{paid},"
            f"`0.00,`{state[2]},`{state[1]},`{back},`0.00,`{state[3]},`{state[4]},`水费,2026-11,`,`{fee},`0.60%,"
            f"`{paid},`{back},`\r\n"
        )
    paid_fen, back_fen, fees = _sums(rows)
    yield "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
    yield (f"`{len(rows)},`{format_yuan(paid_fen)},`{format_yuan(back_fen)},`0.00,`{fees // 100_000}."
           f"{fees % 100_000:05},`{format_yuan(paid_fen)},`{format_yuan(back_fen)}\r\n")  # fmt: skip


def _wechat_fund(rows: list[Payment]) -> Iterator[str]:
    yield ",".join(("记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型",
                    "收支金额(元)", "账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号")) + "\n"  # fmt: skip
    assert len(wechat_fund.COLUMNS) == 11
    balance = 0
    for row in rows:
        balance += -row.fen if row.original else row.fen
        words = "退款,`退款,`支出" if row.original else "交易,`交易,`收入"
        yield (f"`2026-11-23 {row.at},`4200000387202611{row.number:012},`1{row.number:011},`{words},`{row.yuan},"
               f"`{format_yuan(balance)},`system,`,`{row.serial}\n")  # fmt: skip
    came, went, _ = _sums(rows)
    back = len(rows) // BACK_EVERY
    yield "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n"
    yield f"`{len(rows)}.0,`{len(rows) - back}.0,`{format_yuan(came)},`{back}.0,`{format_yuan(went)}\n"


def _zm(rows: list[Payment]) -> Iterator[str]:
    for row in rows:
        sign, fee_sign = ("D", "C") if row.original else ("C", "D")
        due = f"{sign}{row.fen - row.fee_fen:012}"
        yield _record(
            unionpay_zm.FIELDS, txn_code="S22", trace=f"{row.number % 10**6:06}", acquirer="48022901",
            forwarder="00040000", sent_at=f"1123{row.at.replace(':', '')}"[:10] if row.at < "22:59" else "1123225900",
            card="622280*********0000", amount=f"{row.fen:012}", mcc="4900", query_id=f"20261123{row.number:013}",
            order_id=row.serial, fee=f"{fee_sign}{row.fee_fen:012}", settlement_amount=due, net=due,
            txn_type="04" if row.original else "01", original_order_id=row.original,
            merchant_id="898319849000018", pay_type="0201", terminal_id="01080209", split_amount=" 000000000000",
        )  # fmt: skip


def _zme(rows: list[Payment]) -> Iterator[str]:
    for row in rows:
        sign, fee_sign = ("D", "C") if row.original else ("C", "D")
        yield _record(
            unionpay_zme.FIELDS, txn_code="E22", trace=f"{row.number % 10**6:06}", card="622280*********0000",
            sent_at=f"1123{row.at.replace(':', '')}", amount=f"{row.fen:012}", mcc="4900",
            original_trace=f"{row.number % 10**6:06}", original_sent_at="1110024352", reference=f"X{row.number:011}",
            fee=f"{fee_sign}{row.fee_fen:012}", settlement_amount=f"{sign}{row.fen - row.fee_fen:012}",
            merchant_id="898319849000018",
        )  # fmt: skip


def _record(fields: Fields, **cells: str) -> str:
    zeros = ("digits", "fen")
    return " ".join([
        cells.get(field.name, "0" * field.width if field.type in zeros else "").ljust(field.width)
        for field in fields.fields
    ]) + "\n"  # fmt: skip


def _ums(rows: list[Payment]) -> Iterator[str]:
    for row in rows:
        sign, kind = ("-", "退货") if row.original else ("", "消费")
        net, fee = format_yuan(row.fen - row.fee_fen), format_yuan(row.fee_fen)
        at = row.at if row.at < "22:59" else "22:59:00"
        yield (f"20261123\t2026-11-23\t{at}\t{sign}{row.yuan}\t00000001\t{sign}{net}\t{sign}{fee}\t"
               f"{row.number % 10**6:06}\t{kind}\t9{row.number:011}\t622280******0000\t898319849000019\t工商银行\t"
               f"借记卡\t\t\t\t{row.yuan}\t\t\t\n")  # fmt: skip
    yield CAPTION + "\n"


def _alipay_head(name: str, columns: tuple[str, ...]) -> str:
    period = "#起始日期：[2026年11月23日 00:00:00]   终止日期：[2026年11月24日 00:00:00]"
    lines = (f"#支付宝{name}查询", "#账号：[20880211096256330156]", period, f"#-----------{name}列表-----------")
    return "".join(f"{line}\r\n" for line in (*lines, ",".join(columns)))


def _alipay(rows: list[Payment]) -> Iterator[str]:
    yield _alipay_head("业务明细", alipay.COLUMNS)
    for row in rows:
        sign, back = ("-", "") if row.original else ("", "-")
        kind = "退款" if row.original else "交易"
        number = row.serial if row.original else ""
        yield (f"2026112322001{row.number:015}\t,{row.original or row.serial}\t,{kind},水费,2026-11-23 {row.at},"
               f"2026-11-23 {row.at},,,,,*三(138****0000)\t,{sign}{row.yuan},{sign}{row.yuan},0.00,0.00,0.00,0.00,"
               f"0.00,,0.00,0.00,{number}\t,{back}{format_yuan(row.fee_fen)},0.00,\r\n")  # fmt: skip
    paid, went, _ = _sums(rows)
    back_count = len(rows) // BACK_EVERY
    yield "#-----------业务明细列表结束-----------\r\n"
    yield (f"#交易合计：{len(rows) - back_count}笔，商家实收共{format_yuan(paid)}元，商家优惠共0.00元\r\n"
           f"#退款合计：{back_count}笔，商家实收退款共{format_yuan(-went)}元，商家优惠退款共0.00元\r\n"
           "#导出时间：[2026年11月24日 09:00:00]\r\n")  # fmt: skip


def _alipay_fund(rows: list[Payment]) -> Iterator[str]:
    yield _alipay_head("账务明细", alipay_fund.FORM.columns[:8])
    balance = 0
    for row in rows:
        balance += -row.fen if row.original else row.fen
        money = f"0.00,-{row.yuan}" if row.original else f"{row.yuan},0.00"
        yield (f"5{row.number:014}\t,2026112322001{row.number:015}\t,{row.serial}\t,2026-11-23 {row.at},{money},"
               f"{format_yuan(balance)},{'退款' if row.original else '在线支付'}\r\n")  # fmt: skip
    came, went, _ = _sums(rows)
    back = len(rows) // BACK_EVERY
    yield ("#-----------账务明细列表结束-----------\r\n"
           f"#支出合计：{back}笔，共-{format_yuan(went)}元\r\n"
           f"#收入合计：{len(rows) - back}笔，共{format_yuan(came)}元\r\n"
           "#导出时间：[2026年11月24日 09:00:00]\r\n")  # fmt: skip


def _camt(message: str, report: str, number: str) -> Callable[[list[Payment]], Iterator[str]]:
    def balance(code: str, fen: int, day: str) -> str:
        return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{format_yuan(fen)}</Amt>"
                f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n")  # fmt: skip

    def lines(rows: list[Payment]) -> Iterator[str]:
        came, went, _ = _sums(rows)
        yield (f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{number}'
               f'.001.08">\n<{message}>\n<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n<{report}>\n<Id>S1</Id>\n'
               "<Acct><Id><Othr><Id>1001014009012345678</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\n"
               + balance("OPBD", 10**9, "2026-11-22") + balance("CLBD", 10**9 + came - went, "2026-11-23"))  # fmt: skip
        for row in rows:
            mark, party = ("DBIT", "Cdtr") if row.original else ("CRDT", "Dbtr")
            yield _NTRY.format(
                number=row.number,
                yuan=row.yuan,
                mark=mark,
                serial=row.serial,
                party=party,
                at=row.at,
            )
        yield f"</{report}>\n</{message}>\n</Document>\n"

    return lines


_NTRY = """<Ntry>
  <NtryRef>{number}</NtryRef>
  <Amt Ccy="CNY">{yuan}</Amt>
  <CdtDbtInd>{mark}</CdtDbtInd>
  <Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><DtTm>2026-11-23T{at}+08:00</DtTm></BookgDt>
  <ValDt><Dt>2026-11-23</Dt></ValDt>
  <AcctSvcrRef>20261123{number:012}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls>
    <TxDtls>
      <Refs><EndToEndId>{serial}</EndToEndId></Refs>
      <Amt Ccy="CNY">{yuan}</Amt>
      <CdtDbtInd>{mark}</CdtDbtInd>
      <RltdPties><{party}><Pty><Nm>张三</Nm></Pty></{party}><{party}Acct><Id><Othr><Id>622202020011223344</Id></Othr></Id></{party}Acct></RltdPties>
      <RmtInf><Ustrd>水费 2026-11</Ustrd></RmtInf>
    </TxDtls>
  </NtryDtls>
</Ntry>
"""


def _mt940(rows: list[Payment]) -> Iterator[str]:
    came, went, _ = _sums(rows)
    yield ":20:YF20261123\n:25:ICBKCNBJ/1001014009012345678\n:28C:00327/001\n:60F:C261122CNY1000000,\n"
    yield from _mt94_entries(rows)
    yield f":62F:C261123CNY{_comma(10**8 + came - went)}\n-\n"


def _mt942(rows: list[Payment]) -> Iterator[str]:
    yield ":20:YF20261123\n:25:ICBKCNBJ/1001014009012345678\n:28C:00327/001\n:34F:CNYC0,\n:13D:2611231800+0800\n"
    yield from _mt94_entries(rows)
    yield "-\n"


def _mt94_entries(rows: list[Payment]) -> Iterator[str]:
    for row in rows:
        mark = "D" if row.original else "C"
        yield (f":61:2611231123{mark}{_comma(row.fen)}NTRF{row.number:016}//ICBC{row.number:012}\n"
               f":86:166?00转账?20EREF+{row.serial}?21SVWZ+水费 2026-11?22户号 {row.number:010}?30ICBKCNBJ\n"
               "?31622202020011223344?32张三\n")  # fmt: skip


def _comma(fen: int) -> str:
    return format_yuan(fen).replace(".", ",")


def _sums(rows: list[Payment]) -> tuple[int, int, int]:
    """Fen that were paid and taken back, and the fees, exact."""
    signed = [(-1 if row.original else 1, row) for row in rows]
    return (sum(row.fen for sign, row in signed if sign > 0), sum(row.fen for sign, row in signed if sign < 0),
            sum(sign * row.fee for sign, row in signed))  # fmt: skip


ZM_NAME, ZME_NAME = ("INN26112388ZM_898319849000018", "INN26112388ZME_898319849000018")
FILES = (
    FormatFile("hub", "hub", 500_000, _hub),
    FormatFile("wechat_trade", "wechat_trade", 100_000, _wechat_trade),
    FormatFile("wechat_fund", "wechat_fund", 100_000, _wechat_fund),
    FormatFile("unionpay_zm", "unionpay_zm", 100_000, _zm, "gb18030", Hints(name=ZM_NAME)),
    FormatFile("unionpay_zme", "unionpay_zme", 100_000, _zme, "gb18030", Hints(name=ZME_NAME)),
    FormatFile("ums", "ums", 100_000, _ums),
    FormatFile("alipay", "alipay", 100_000, _alipay, "gb18030"),
    FormatFile("alipay_fund", "alipay_fund", 100_000, _alipay_fund, "gb18030"),
    FormatFile("camt.052", "camt", 100_000, _camt("BkToCstmrAcctRpt", "Rpt", "052")),
    FormatFile("camt.053", "camt", 100_000, _camt("BkToCstmrStmt", "Stmt", "053")),
    FormatFile("mt940", "mt940", 100_000, _mt940),
    FormatFile("mt942", "mt942", 100_000, _mt942),
)
