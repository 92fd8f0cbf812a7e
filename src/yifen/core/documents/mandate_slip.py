"""通用凭证 电费代扣签约信息维护凭证: what the desk did of a mandate, for the customer to sign."""

from datetime import datetime

import msgspec

from yifen.core.documents.figures import shown_at
from yifen.core.documents.render import Form, render


class MandateSlip(msgspec.Struct, frozen=True, kw_only=True):
    """`rows`: title and value, as the screen has them."""

    number: str
    outlet: str
    teller: str
    state: str
    rows: tuple[tuple[str, str], ...]


def mandate_slip(slip: MandateSlip, at: datetime, form: Form = "pdf") -> bytes:
    """The voucher as PDF or PNG, printed `at` (aware)."""
    return render("mandate_slip", {
        "number": slip.number, "outlet": slip.outlet, "teller": slip.teller, "state": slip.state,
        "made_at": shown_at(at), "rows": [list(row) for row in slip.rows]}, at, form)  # fmt: skip
