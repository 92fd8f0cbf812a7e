"""The data of the documents' tests: ordinary ones, and what people could put into them."""

from datetime import UTC, date, datetime
from typing import Any

from yifen.core.documents.codes import receipt_number
from yifen.core.documents.receipt import Receipt, ReceiptLine

KEY = b"k" * 32
AT = datetime(2026, 11, 24, 2, 43, 5, tzinfo=UTC)
CHECK_URL = "https://pay.example.gov.cn/check/202000-7K3M9XQ2TB"
HOSTILE = [
    '#import("x")',
    "*bold* _slant_ $x^2$",
    "\\n \\u{41} \\",
    "<script>alert(1)</script>",
    "= Title",
    "@label <label> // no comment",
    "`raw` #sys.inputs [a] {b}",
    "\"quoted\" 'single' -- ---",
    "㐂𫖯·买买提",
    "0x20 & %s {0}",
]
LONG = ("欧阳" * 60 + "阿卜杜拉·买买提Ab" * 9)[:200]
UNBROKEN = "W" * 200


def receipt_of(**changes: Any) -> Receipt:
    said: dict[str, Any] = {
        "number": receipt_number(KEY, 202000),
        "check_url": CHECK_URL,
        "issuer": "白石市农村信用合作联社",
        "biller": "白石市自来水有限公司",
        "account_no": "3300000485",
        "payer_name": "张*三",
        "lines": (
            ReceiptLine(title="2026年10月 水费", amount_fen=12850),
            ReceiptLine(title="2026年10月 污水处理费", amount_fen=128100),
        ),
        "channel": "微信生活缴费",
        "business_day": date(2026, 11, 24),
        "paid_at": AT,
        "payment_id": 202000,
        "serial": "1a795c4ec5c04ef4857b791159270086",
        "printed_at": AT,
    }
    return Receipt(**(said | changes))
