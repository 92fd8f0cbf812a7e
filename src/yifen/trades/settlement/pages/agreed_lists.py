"""What is agreed with billers: the lists of agreements, merchants, payees and banks."""

from datetime import date
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.settlement import accounts
from yifen.trades.settlement.models import Agreement, Merchant
from yifen.trades.settlement.pages import quoting, words
from yifen.trades.settlement.rules import PPM

_SQL = queries(__package__)
BILLER = "p.code || ' ' || p.name"
REAL = "p.sandbox_of_id IS NULL"
LEVELS = said.of(Merchant.Level.choices)
WAYS: said.Words = {"port": (pgettext_lazy("bank", "接口"), "ok"), "file": (_("文件"), "neutral")}
Agreed = dict[str, Any]
COMMON: Agreed = {
    "heading": _("协议"), "permission": "settlement.view", "export": "payments.export", "tabs": words.tabs,
}  # fmt: skip


def editing(route: str, name: str) -> Any:
    """The page that edits what this attribute names, for who may."""

    def url(row: Row, access: Access) -> str:
        key = getattr(row, name)
        return reverse(route, args=[key]) if key and access.may("agreements.edit") else ""

    return url


def new_url(row: Row, access: Access) -> str:
    """A biller's newest agreement, or its lack, leads on to the next one."""
    return editing("agreement_new", "code")(row, access) if row.newest else ""


def tiers_said(row: Row, access: Access) -> Any:
    """The tiers in a few words."""
    if row.agreement_id is None:
        return _("没有协议：不收手续费，款项留在结算账户")
    return in_words(row.measure, row.tiers)


def in_words(measure: str, tiers: str | None) -> str:
    """Tiers out of from/rate/each: from how much on, at what price."""
    of_amount = measure == Agreement.Measure.AMOUNT
    parts = []
    for tier in tiers.split(",") if tiers else ():
        begins, ppm, each = map(int, tier.split("/"))
        price = quoting.percent(ppm) if of_amount else now_("每笔 %s 元") % grouped_yuan(each)
        parts.append(f"≥ {grouped_yuan(begins) if of_amount else f'{begins:,}'}: {price}")
    return " · ".join(parts)


def fees(day: date) -> list[tuple[int, str]]:
    """What billers pay for the service on a day, in the reader's words."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["fees"], {"day": day})
        return [(biller, in_words(measure, tiers)) for biller, measure, tiers in cursor.fetchall()]


def reckoned(row: Row, access: Access) -> str | None:
    """By amount or count, and over which period."""
    if row.agreement_id is None:
        return None
    return f"{Agreement.Measure(row.measure).label} · {Agreement.Period(row.period).label}"


def paid(row: Row, access: Access) -> Any:
    if row.agreement_id is None:
        return None
    return f"T+{row.lag_days}" if row.payout else _("不划付")


AGREEMENTS = Listing(
    name="agreements",
    title=_("手续费协议"),
    empty=_("没有收费单位"),
    empty_note=_("先在“合作方”登记收费单位。"),
    route="agreements/",
    source=_SQL["agreements"],
    scope=in_scope("p.id"),
    where=(REAL,),
    key="coalesce(-g.id, p.id)",  # the newest agreement of a biller first
    filters=(
        *named(_("收费单位"), "p.code", "p.name"),
        *one_of("which", _("协议"), [("newest", _("最新一份"))], {"newest": _SQL["no_later"]}),
    ),
    columns=(
        Column("biller", BILLER, _("收费单位"), order="up", by="p.code"),
        Column("valid_from", "g.valid_from", _("生效日"), "day", url=editing("agreement", "agreement_id")),
        Column("mode", "g.mode", _("收取方式"), words=said.of(Agreement.Mode.choices)),
        Column("reckoned", "", _("计费"), value=reckoned),
        Column("tiers", "t.tiers", _("阶梯"), value=tiers_said),
        Column("min_fen", "g.min_fen", _("保底（元）"), "amount", sums=False),
        Column("cap_fen", "g.cap_fen", _("封顶（元）"), "amount", sums=False),
        Column("payout", "g.payout", _("划付"), value=paid),
        Column("new", "", "", "link", value=lambda r, a: _("新协议"), url=new_url, exported=False),
    ),
    reads={
        "agreement_id": "g.id", "code": "p.code", "measure": "g.measure", "period": "g.period",
        "lag_days": "g.lag_days", "newest": _SQL["no_later"],
    },
    **COMMON,
)  # fmt: skip


def shares_said(row: Row, access: Access) -> str | None:
    """To whom which part of it goes."""
    pairs = (part.rsplit("/", 1) for part in row.shares.split("\x01") if part)
    return " · ".join(f"{who} {quoting.percent(int(ppm))}" for who, ppm in pairs) or None


MERCHANTS = Listing(
    name="merchants",
    title=_("商户与分账"),
    empty=_("还没有集团商户"),
    empty_note=_("不在集团里的收费单位各结各的。"),
    route="agreements/merchants/",
    source=_SQL["merchants"],
    key="m.path",
    key_kind="text",
    opens=editing("merchant", "code"),
    filters=named(_("商户"), "m.code", "m.name"),
    columns=(
        Column("path", "m.path", _("商户"), order="up", value=lambda r, a: "　" * r.depth + f"{r.code} {r.name}"),
        Column("level", "m.level", _("层级"), words=LEVELS, filters=one_of("level", _("层级"), LEVELS)),
        Column("pooled", "m.pooled", _("归集"), value=lambda r, a: _("归集到上级") if r.pooled else None),
        Column("shares", "s.parts", _("分账"), value=shares_said),
        Column("own", "", _("留本户"), value=lambda r, a: quoting.percent(PPM - r.ppm) if r.shares else None),
    ),
    reads={"code": "m.code", "name": "m.name", "depth": "m.depth", "ppm": "coalesce(s.ppm, 0)::integer"},
    **COMMON,
)  # fmt: skip

PAYEES = Listing(
    name="payees",
    title=_("收款账户"),
    empty=_("没有收费单位"),
    empty_note=_("先在“合作方”登记收费单位。"),
    route="agreements/payees/",
    source=_SQL["payees"],
    scope=in_scope("p.id"),
    where=(REAL,),
    key="p.id",
    opens=editing("payee", "code"),
    filters=(
        *named(_("收费单位"), "p.code", "p.name"),
        *one_of("state", _("收款账户"), [("none", _("未设")), ("there", _("已设"))],
                {"none": "y.biller_id IS NULL", "there": "y.biller_id IS NOT NULL"}),
    ),
    columns=(
        Column("biller", BILLER, _("收费单位"), order="up", by="p.code"),
        Column("account_name", "y.account_name", _("收款户名"),
               value=lambda r, a: r.account_name or _("没有收款账户，不能划付")),
        Column("account_no", "y.account_no", _("收款账号"), "account",
               value=lambda r, a: accounts.shown(r.account_no)),
        Column("bank_name", "y.bank_name", _("开户行")),
        Column("bank_code", "y.bank_code", _("联行号"), "code"),
        Column("bank", "b.code", _("经由银行"), "code"),
    ),
    reads={"code": "p.code"},
    **COMMON,
)  # fmt: skip

BANKS = Listing(
    name="banks",
    title=_("银行"),
    empty=_("没有开户银行"),
    empty_note=_("登记开户银行后，协议和划付才能选用。"),
    route="agreements/banks/",
    source=_SQL["banks"],
    opens=editing("bank", "code"),
    actions=(ListAction(_("新银行"), "bank_new", "agreements.edit", "plus", "primary"),),
    scope=in_scope("p.id"),
    key="p.id",
    columns=(
        Column("bank", BILLER, _("银行"), order="up", by="p.code"),
        Column("account_name", "k.account_name", pgettext_lazy("bank", "户名")),
        Column("account_no", "k.account_no", pgettext_lazy("bank", "账号"), "account"),
        Column("way", "CASE WHEN k.endpoint = '' THEN 'file' ELSE 'port' END", _("划付方式"), "badge", words=WAYS),
        Column("endpoint", "nullif(k.endpoint, '')", _("接口地址"), "code"),
    ),
    reads={"code": "p.code"},
    **COMMON,
)  # fmt: skip
