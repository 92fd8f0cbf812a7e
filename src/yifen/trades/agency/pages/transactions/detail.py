"""4654 中间业务交易明细查询: what this outlet's tellers did in these days, by teller, code and means, with its sum."""

from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access import edge
from yifen.core.access.edge import user_of
from yifen.core.facts.days import ZONE
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.transaction import ASKING, DeskScreen, Transaction
from yifen.face.plain import plain_connection
from yifen.trades.agency.pages.transactions.forms import DetailForm
from yifen.trades.agency.pages.words import STATES

DETAIL, PAGE = "4654", 12
SAID = {name: word for name, (word, _tone) in STATES.items()} | {
    "unknown": STATES["asked"][0], "refunded": pgettext_lazy("core", "已退款")}  # fmt: skip
_SQL = queries("yifen.trades.agency.pages")


class DetailRow(NamedTuple):
    """One operation; `fen` is below zero of what takes back."""

    row_key: str
    at: datetime
    serial: str
    code: str
    means: str
    what: str
    fen: int
    state: str
    teller: str
    biller: str

    @property
    def state_said(self) -> Any:
        return SAID[self.state]


class DetailQuery(Transaction):
    """Of one's own outlet; the newest first."""

    group = ASKING
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__(DETAIL, _("中间业务交易明细查询"),
                         _("按柜员、交易码、缴费方式、日期查询本网点的中间业务，F5 查询；"
                           "合计为已入账的净额。"))  # fmt: skip

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        today = shift.business_day if shift else last_day(user_of(request).institution_id)
        form = DetailForm(request.GET if "since" in request.GET else None, initial={"since": today, "until": today})
        if form.is_bound and not form.is_valid():
            return DeskScreen("agency/detail", {"form": form})
        data = form.cleaned_data if form.is_bound else {"since": today, "until": today}
        before = parse_datetime(request.GET.get("at", "")[:40]) if "at" in request.GET else None
        asked = {name: str(data.get(name, "")) for name in ("teller", "code", "means")}
        count, fen, rows = found(user_of(request).institution_id, data["since"], data["until"], asked, before,
                                 request.GET.get("key", "")[:24].replace("\x00", ""))  # fmt: skip
        context: dict[str, Any] = {"form": form, "rows": rows[:PAGE], "count": count, "fen": fen}
        again = asked | {"since": data["since"], "until": data["until"]}
        if len(rows) > PAGE:
            last = rows[PAGE - 1]
            context["older_url"] = "?" + urlencode(again | {"at": last.at.isoformat(), "key": last.row_key})
        if before:
            context["newer_url"] = "?" + urlencode(again)
        return DeskScreen("agency/detail", context)


def last_day(outlet: int) -> date:
    """The business day on which the outlet's desks worked last; of one that never did the calendar's."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["last_day"], (outlet,)).fetchone()
    return row[0] if row and row[0] else edge.now().astimezone(ZONE).date()


def found(
    outlet: int, since: date, until: date, asked: dict[str, str], before: datetime | None, key: str
) -> tuple[int, int, list[DetailRow]]:
    """How many there are, what they come to, and a page of them with the first of the next."""
    values = asked | {"outlet": outlet, "since": since, "until": until, "at": before, "key": key, "most": PAGE + 1}
    with plain_connection() as conn:
        rows = conn.execute(_SQL["detail"], values).fetchall()
    return rows[0][0], rows[0][1], [DetailRow(*row[2:]) for row in rows if row[2]]
