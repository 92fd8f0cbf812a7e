"""What a bank says of a file of payouts, as it writes it."""

from collections.abc import Sequence

XML = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-24T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{number}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>{head}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{number}</OrgnlPmtInfId>{lines}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""
LINE = """<TxInfAndSts><OrgnlEndToEndId>{0}</OrgnlEndToEndId><TxSts>{1}</TxSts>{3}<AcctSvcrRef>B-{0}</AcctSvcrRef>
<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">{2}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>"""
WHY = "<StsRsnInf><Rsn><Cd>AC03</Cd></Rsn><AddtlInf>账号户名不符</AddtlInf></StsRsnInf>"


def results(number: str, lines: Sequence[tuple[str, str, str]], head: str = "") -> bytes:
    """Lines of (reference, TxSts, yuan); `head`: more of the group, as XML."""
    told = "".join(LINE.format(*line, WHY if line[1] == "RJCT" else "") for line in lines)
    return XML.format(number=number, head=head, lines=told).encode()


def csv_results(*rows: str, encoding: str = "gb18030") -> bytes:
    """Rows of reference,yuan,word,serial,reason; a totals row."""
    return "\r\n".join(("参考号,金额（元）,结果,银行流水号,原因", *rows, "")).encode(encoding)
