"""The list of moves at the core 核心记账流水."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face import words
from yifen.face.lists.asking import Filter, billers, chosen, days, one_of, search
from yifen.face.lists.filters import SearchField
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions
from yifen.hub.corebank import accounts

STATES: words.Words = {
    "asked": (_("已发出"), "waiting"), "unknown": (pgettext_lazy("core", "结果未知"), "waiting"),
    "done": (pgettext_lazy("core", "已入账"), "ok"), "refused": (pgettext_lazy("core", "未入账"), "bad"),
    "undone": (pgettext_lazy("core", "已撤销"), "neutral"),
}  # fmt: skip
OWED = "corebank_owes_v1(m)"
# After a quarter of an hour nobody expects more of it by itself.
STUCK = "m.state IN ('asked', 'unknown') AND m.made_at < %(now)s::timestamptz - interval '15 minutes'"
MORE = [("open", _("尚无结果")), ("stuck", _("久无结果")), ("owed", _("应退未退"))]
WHERE = ({state: f"{{sql}} = '{state}'" for state in STATES}
         | {"open": "m.state IN ('asked', 'unknown')", "stuck": STUCK, "owed": OWED})  # fmt: skip


class CoreAccountsField(SearchField):
    """An account number, whole: found by the keyed hash of each key of the ring."""

    def clean(self, value: str) -> list[str] | None:
        text = "".join(super().clean(value).split())
        return accounts.lookups(key_ring(), text) if text else None


def move_url(row: Row, access: Access) -> str:
    return reverse("core_move", args=[row.serial])


MOVES = Listing(
    name="core_moves",
    title=_("核心记账流水"),
    note=_("每一笔先记下再请核心入账；没有答复的由系统按流水号查询，不猜、不重记。"),
    empty=_("没有核心记账流水"),
    permission="corebank.view",
    export="ledger.export",
    route="core/moves/",
    source=queries(__package__)["moves"],
    scope=in_institutions("m.institution_id"),
    key="m.serial",
    key_kind="text",
    default="made_at",
    opens=move_url,
    actions=(ListAction(_("核心系统"), "core_banks", "corebank.edit", "server", ""),),
    filters=(*chosen("biller", _("收费单位"), "m.biller_id = %(biller)s", billers),
             Filter("account", CoreAccountsField(pgettext_lazy("core", "账号")),
                    "(m.debit_lookup = ANY (%(account)s::text[]) OR m.credit_lookup = ANY (%(account)s::text[]))")),
    columns=(
        Column("made_at", "m.made_at", _("时间"), "time", order="down"),
        Column("serial", "m.serial", _("流水号"), "code",
               filters=search("serial", _("流水号"), "m.serial = %(serial)s", wide=False)),
        Column("what", "m.what", _("交易"), "code"),
        Column("outlet", "i.name", _("网点")),
        Column("teller", "m.teller", _("柜员"), "code"),
        Column("biller", "p.name", _("收费单位")),
        Column("debit_shown", "m.debit_shown", _("借方账号"), "code"),
        Column("credit_shown", "m.credit_shown", _("贷方账号"), "code"),
        Column("amount_fen", "m.amount_fen", _("金额（元）"), "amount", order="down", sums=False),
        Column("in_fen", "w.in_fen", _("过渡户转入"), "amount", shown=False, unseen=True),
        Column("out_fen", "w.out_fen", _("过渡户转出"), "amount", shown=False, unseen=True),
        Column("net_fen", "w.in_fen - w.out_fen", _("过渡户净额"), "amount", shown=False, unseen=True),
        Column("state", "m.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [*words.choices(STATES), *MORE], WHERE)),
        Column("core_serial", "m.core_serial", _("核心流水号"), "code"),
        Column("day", "m.day", _("会计日期"), "day", shown=False, filters=days(_("会计日期 起"))),
    ),
)  # fmt: skip
