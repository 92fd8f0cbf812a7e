"""A camt.053 of the main account gives the same lines as the court's own form; what does not add up is refused."""

import io
from pathlib import Path

import pytest

from yifen.core.facts.refused import Refused
from yifen.trades.cases.camt_statement import HEADER, is_camt, rows_of
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.statement_rows import StatementCheck, StatementLine

SAMPLES = Path(__file__).parents[1] / "samples"
ENTRY = """<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-11-24T01:02:03+00:00</DtTm></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>
<BkTxCd><Domn><Fmly><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>
<EndToEndId>{reference}</EndToEndId></Refs><RltdPties><Dbtr><Nm>赵付款</Nm></Dbtr><DbtrAcct><Id><Othr><Id>6222</Id></Othr>
</Id></DbtrAcct><CdtrAcct><Id><Othr><Id>{to}</Id></Othr></Id></CdtrAcct></RltdPties>
<RmtInf><Ustrd>案款</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def statement(*entries: str, opening: str = "100.00", closing: str = "110.00") -> io.BytesIO:
    balances = "".join(f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{yuan}</Amt>'
                       "<CdtDbtInd>CRDT</CdtDbtInd></Bal>" for code, yuan in (("OPBD", opening), ("CLBD", closing)))
    return io.BytesIO(f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><Othr><Id>62170000</Id></Othr></Id></Acct>{balances}{"".join(entries)}</Stmt></BkToCstmrStmt></Document>
""".encode())


def entry(amount: str = "10.00", mark: str = "CRDT", ref: str = "S1", code: str = "ESCT", to: str = "6217000012",
          reference: str = "NOTPROVIDED") -> str:  # fmt: skip
    return ENTRY.format(amount=amount, mark=mark, ref=ref, code=code, to=to, reference=reference)


def lines(stream: io.BytesIO) -> list[StatementLine | None]:
    _, *rows = rows_of(stream)
    checks = StatementCheck(HEADER, "62170000")
    return [checks.read(*row)[0] for row in rows]


def test_each_entry_is_a_line_with_its_sub_account_payer_and_words():
    found = lines(statement(entry(), entry("1.00", "CRDT", "S2", "INTR", "62170000"), entry("0.50", "DBIT", "S3",
                                                                                            "CHRG"),
                            entry("3.00", ref="S4", reference="PO1"), closing="113.50"))  # fmt: skip
    told = [(one.serial, one.signed_fen, one.balance_fen, one.account_no, one.business,
             one.reference) for one in found if one]
    assert told == [
        ("S1", 1_000, 11_000, "6217000012", "", ""), ("S2", 100, 11_100, "", "interest", ""),
        ("S3", -50, 11_050, "", "fee", ""), ("S4", 300, 11_350, "6217000012", "", "PO1"),
    ]  # fmt: skip
    assert found[0] is not None
    assert (found[0].payer, found[0].payer_no, found[0].words, f"{found[0].at}") == (
        "赵付款", "6222", "案款", "2026-11-24 09:02:03+08:00")  # fmt: skip


@pytest.mark.parametrize(("stream", "code"), [
    (statement(entry(), closing="110.01"), C.STATEMENT_BROKEN), (statement(closing="100.00"), C.STATEMENT_EMPTY),
    (statement(entry("x")), C.STATEMENT_BROKEN), (statement(entry().replace("CNY", "USD")), C.STATEMENT_BROKEN),
    (io.BytesIO(b"<a"), C.STATEMENT_BROKEN), (io.BytesIO(b"<a/>"), C.STATEMENT_EMPTY),
    (io.BytesIO(b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), C.STATEMENT_BROKEN),
])  # fmt: skip
def test_what_does_not_add_up_is_refused(stream: io.BytesIO, code: int):
    with pytest.raises(Refused) as caught:
        list(rows_of(stream))
    assert caught.value.code is code


def test_a_real_statement_with_details_is_read():
    body = io.BytesIO((SAMPLES / "camt/test-camt053-txdtls.xml").read_bytes().replace(b"CHF", b"CNY"))
    assert is_camt(body)
    _, *rows = rows_of(body)
    assert [(cells[3], cells[5], cells[9]) for _, cells in rows][:1] == [("2187.00", "78147.15",
                                                                          "Banque Cantonale Vaudoise")]
    assert (len(rows), rows[-1][1][5]) == (2, "79443.15")
