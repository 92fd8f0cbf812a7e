"""Ages 账龄: what is owed by the days since it was due, for communities, classes, fees, collectors."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yifen.core.access.doors import View, allow
from yifen.core.access.edge import Access, now
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists import showing
from yifen.face.lists.asking import chosen
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.arrears.pages.lists import BANDS, NO_CLASS, NOBODY, billers, read

_SQL = queries(__package__)
OLD = timedelta(hours=2)  # the worker works each bucket out anew once an hour
DIMENSIONS: dict[str, tuple[str | Promise, str, str]] = {
    "area": (_("小区"), "d.area_id", "n.name"),
    "class": (_("用户类别"), "d.class", "g.what"),
    "fee": (_("费种"), "d.fee_id", "n.name"),
    "collector": (_("催收员"), "coalesce(kb.user_id, ka.user_id)", "n.login"),
}
"""How they are grouped: by what of a debt, and how that is called."""
NONE = {"class": NO_CLASS, "collector": NOBODY}
"""How the list of debts is asked for those that have none."""


def age_tabs(current: str) -> list[dict[str, Any]]:
    names = {word: _name(word) for word in DIMENSIONS}
    return [
        {"title": DIMENSIONS[word][0], "url": reverse(name), "current": name == current}
        for word, name in names.items()
    ]


def _name(dimension: str) -> str:
    return "arrears_ageing" if dimension == "area" else f"arrears_ageing_{dimension}"


def _ages(dimension: str) -> Listing:
    title, by, name = DIMENSIONS[dimension]
    named = {
        "area": _SQL["named_area"],
        "fee": _SQL["named_fee"],
        "collector": _SQL["named_collector"],
    }

    def debts_url(row: Row, access: Access) -> str:
        what = NONE[dimension] if row.what in (None, "") else row.what
        asked = {"late": "", "biller": row.biller_id, dimension: what}
        return f"{reverse('arrears_debts')}?{urlencode(asked)}"

    return Listing(
        name=_name(dimension),
        title=_("欠费账龄"),
        note=_("未缴账单按到期日分段；按户号和费种计户数。点一行看其中的户。"),
        empty=_("没有欠费"),
        permission="arrears.view",
        export="arrears.view",
        route="arrears/" if dimension == "area" else f"arrears/by-{dimension}/",
        source=_SQL["ages"].format(
            by=by,
            joined=_SQL["whose"] if dimension == "collector" else "",
            named=named.get(dimension, ""),
        ),
        scope=in_scope("g.biller_id"),
        key="(g.biller_id || ' ' || coalesce(g.what::text, ''))",
        key_kind="text",
        default="owed",
        opens=debts_url,
        tabs=age_tabs,
        reads={"biller_id": "g.biller_id", "what": "g.what"},
        filters=chosen("biller", _("收费单位"), "g.biller_id = %(biller)s", billers),
        columns=(
            Column("name", f"coalesce(nullif({name}, ''), '—')", title, url=debts_url),
            Column("biller", "p.name", _("收费单位")),
            Column("debts", "g.debts", _("户数"), "num"),
            Column("late", "g.late", _("逾期户数"), "num"),
            Column("owed_fen", "g.owed_fen", _("逾期（元）"), "amount", order="down"),
            *(Column(band, f"g.{band}", said, "amount") for band, said in BANDS),
        ),
    )


def age_of_lists(at: datetime) -> dict[str, Any]:
    """When kept debts were worked out last, and whether that is long ago."""
    as_of = read(_SQL["as_of"], {})[0][0]
    return {"as_of": as_of, "is_old": as_of is not None and at - as_of > OLD}


def view_of(listing: Listing) -> View:
    """The list, with the time as of which it is."""

    @allow(listing.permission)
    def shown(request: HttpRequest) -> HttpResponse:
        return showing.show(request, listing, "console/arrears/ages.html", **age_of_lists(now()))

    return shown


AGES = AGE_AREA, AGE_CLASS, AGE_FEE, AGE_COLLECTOR = tuple(
    _ages(dimension) for dimension in DIMENSIONS
)
