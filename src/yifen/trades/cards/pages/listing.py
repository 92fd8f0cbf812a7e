"""The lists of official cards. Of the bureau's people each sees what is at his posts and below; of swipes the official
ones alone."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.lists.asking import moments, named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.cards.deputies import LEVELS
from yifen.trades.cards.pages.words import (
    ABOUT,
    CARD_STATES,
    CATALOGUE_KINDS,
    CLAIM_STATES,
    DEPUTIES,
    KINDS,
    PLACES,
    ROWS_OF,
    WRONGS,
)

_SQL = queries(__package__)
_SEEN = _SQL["seen"]
_LEFT = {"left": "{sql} > 0", "over": "{sql} < 0", "done": "{sql} = 0"}


def claim_url(row: Row, access: Access) -> str:
    return reverse("card_claim", args=[row.claim_id])


def official_url(row: Row, access: Access) -> str:
    """The newest claim of it that stands."""
    return reverse("card_claim", args=[row.claim_id]) if row.claim_id else ""


def place_url(row: Row, access: Access) -> str:
    return reverse("card_place", args=[row.place_id])


def catalogue_url(row: Row, access: Access) -> str:
    """To change it, for who may."""
    if not access.may("cards.catalogue"):
        return ""
    return f"{reverse('card_catalogue_new')}?{urlencode({'kind': row.kind, 'code': row.code})}"


def deputy_url(row: Row, access: Access) -> str:
    return reverse("card_deputy", args=[row.deputy_id])


def wrong_url(row: Row, access: Access) -> str:
    return reverse("card_wrong", args=[row.row_id])


OFFICIALS = Listing(
    name="card_officials",
    title=_("公务消费"),
    permission="cards.view",
    export="cards.view",
    route="cards/official/",
    note=_("只有持卡人标为公务的消费在这里；私人消费任何单位都看不到。"),
    empty=_("没有公务消费"),
    source=_SQL["officials"],
    scope=_SEEN.format(scope=in_scope("o.bureau_id"), unit="o.unit_id"),
    key="o.swipe_id",
    default="swiped_at",
    opens=official_url,
    reads={"claim_id": _SQL["official_claim"]},
    filters=named(_("持卡人、工号、商户"), "s.name", "s.staff_no", "o.merchant"),
    columns=(
        Column(
            "swiped_at",
            "o.swiped_at",
            _("刷卡时间"),
            "time",
            order="down",
            filters=moments(_("刷卡日期 起")),
        ),
        Column("unit", "u.name", _("单位"), order="up"),
        Column("holder", "s.name", _("持卡人")),
        Column("tail", "'…' || c.tail", _("卡"), "code"),
        Column("merchant", "o.merchant", _("商户")),
        Column("amount_fen", "o.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("refunded_fen", "o.refunded_fen", _("退货（元）"), "amount"),
        Column("refunded_at", "o.refunded_at", _("退货时间"), "time"),
        Column("claimed_fen", "o.claimed_fen", _("已报（元）"), "amount"),
        Column(
            "left_fen",
            "o.left_fen",
            _("未报（元）"),
            "amount",
            order="down",
            filters=one_of(
                "left",
                _("未报"),
                [("left", _("有未报")), ("over", _("已报多于消费（退货）")), ("done", _("已报完"))],
                _LEFT,
            ),
        ),
    ),
)
CLAIMS = Listing(
    name="card_claims",
    title=_("公务卡报账"),
    permission="cards.view",
    export="cards.view",
    route="cards/claims/",
    note=_("提交即预留额度；各级依次审批，最后一级同意后应还到卡。"),
    empty=_("没有报账单"),
    source=_SQL["claims"],
    scope=_SEEN.format(scope=in_scope("m.bureau_id"), unit="m.unit_id"),
    key="m.claim_id",
    default="claim_id",
    opens=claim_url,
    filters=named(_("报账人、工号、事由"), "s.name", "s.staff_no", "m.purpose"),
    columns=(
        Column(
            "claim_id",
            "m.claim_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.claim_id),
        ),
        Column("asked_at", "m.asked_at", _("提交时间"), "time", filters=moments(_("提交日期 起"))),
        Column("unit", "u.name", _("单位")),
        Column("holder", "s.name", _("报账人")),
        Column(
            "kind",
            "m.kind",
            _("种类"),
            "badge",
            words=KINDS,
            filters=one_of("kind", _("种类"), KINDS),
        ),
        Column("purpose", "m.purpose", _("事由")),
        Column("amount_fen", "m.amount_fen", _("金额（元）"), "amount", order="down"),
        Column(
            "state",
            "m.now",
            _("状态"),
            "badge",
            words=CLAIM_STATES,
            filters=one_of("state", _("状态"), CLAIM_STATES),
        ),
        Column("changed_at", "m.touched_at", _("更新时间"), "time"),
    ),
)
PLACES_LIST = Listing(
    name="card_places",
    title=_("公务卡"),
    permission="cards.view",
    export="cards.view",
    route="cards/cards/",
    note=_("卡由发卡行报送；单位确认后才能用。卡号只显示后四位。"),
    empty=_("没有公务卡"),
    source=_SQL["places"],
    scope=_SEEN.format(scope=in_scope("c.bureau_id"), unit="l.unit_id"),
    key="l.place_id",
    default="place_id",
    opens=place_url,
    actions=(
        ListAction(_("离任未结清"), "card_leavers", "cards.view", "user-x"),
        ListAction(_("上传公务卡文件"), "card_file_new", "cards.issuers", "file-up"),
        ListAction(_("发卡行"), "card_issuer_new", "cards.issuers", "landmark"),
    ),
    filters=named(_("持卡人、工号、后四位"), "s.name", "s.staff_no", "c.tail"),
    columns=(
        Column(
            "place_id",
            "l.place_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.place_id),
        ),
        Column("unit", "u.name", _("单位"), order="up"),
        Column("staff_no", "s.staff_no", _("工号"), "code"),
        Column("holder", "s.name", _("持卡人")),
        Column("tail", "'…' || c.tail", _("卡"), "code"),
        Column("bank", "p.name", _("发卡行")),
        Column(
            "limit_fen",
            "c.limit_fen",
            _("额度（元）"),
            "amount",
            sums=False,
            value=lambda r, a: r.limit_fen or None,
        ),
        Column(
            "place",
            "l.state",
            pgettext_lazy("card", "登记"),
            "badge",
            words=PLACES,
            filters=one_of("place", pgettext_lazy("card", "登记"), PLACES),
        ),
        Column(
            "state",
            "x.now",
            _("卡状态"),
            "badge",
            words=CARD_STATES,
            filters=one_of("state", _("卡状态"), CARD_STATES),
        ),
        Column("made_at", "l.made_at", _("登记时间"), "time"),
        Column("left_at", "c.left_at", _("离任时间"), "time"),
    ),
)
WRONGS_LIST = Listing(
    name="card_wrongs",
    title=_("发卡行报文差异"),
    permission="cards.wrongs",
    export="cards.wrongs",
    route="cards/wrongs/",
    note=_("发卡行报来、按编号拒收的行：迟到、重复而不同、查无此人等。拒收的行什么也没有改。"),
    empty=_("没有差异"),
    source=_SQL["wrongs"],
    scope=_SEEN.format(scope=in_scope("r.bureau_id"), unit="u.unit_id"),
    where=("r.code <> 0",),
    key="r.row_id",
    default="row_id",
    opens=wrong_url,
    reads={"row_id": "r.row_id"},
    filters=named(_("报文号、后四位、交易号"), "w.serial", "r.tail", "r.number"),
    columns=(
        Column(
            "row_id",
            "r.row_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.row_id),
        ),
        Column("at", "r.at", _("时间"), "time"),
        Column("bank", "p.name", _("发卡行")),
        Column("serial", "w.serial", _("报文号"), "code"),
        Column("about", "r.about", _("关于"), "badge", words=ABOUT),
        Column("tail", "'…' || r.tail", _("卡"), "code"),
        Column("code", "r.code", _("原因"), value=lambda r, a: refused(r.code)),
        Column(
            "state",
            "x.now",
            _("状态"),
            "badge",
            words=WRONGS,
            filters=one_of("state", _("状态"), WRONGS),
        ),
    ),
)

CATALOGUE = Listing(
    name="card_catalogue",
    title=_("强制结算目录"),
    permission="cards.view",
    export="cards.view",
    route="cards/catalogue/",
    note=_("目录内的支出应当刷公务卡；没有刷卡的，须有免刷卡理由。通用的各财政部门共用，本部门的自起始日起替换它。"),
    empty=_("没有目录"),
    source=_SQL["catalogue"],
    scope=_SQL["catalogue_seen"].format(scope=in_scope("x.bureau_id")),
    key="x.row_id",
    default="row_id",
    opens=catalogue_url,
    actions=(ListAction(_("目录变动"), "card_catalogue_new", "cards.catalogue", "file-pen"),),
    filters=named(_("编码、名称、经济分类"), "x.code", "x.name", "x.dep"),
    columns=(
        Column(
            "row_id",
            "x.row_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.row_id),
        ),
        Column(
            "kind",
            "x.kind",
            _("种类"),
            "badge",
            words=CATALOGUE_KINDS,
            filters=one_of("kind", _("种类"), CATALOGUE_KINDS),
        ),
        Column("code", "x.code", pgettext_lazy("catalogue", "编码"), "code", order="up"),
        Column("name", "x.name", _("名称")),
        Column("dep", "x.dep", _("部门经济分类"), "code"),
        Column("gov", "x.gov", _("政府经济分类"), "code"),
        Column("func", "x.func", _("功能分类"), "code"),
        Column("whose", "x.whose", _("适用"), value=lambda r, a: r.whose or _("通用")),
        Column("valid_from", "x.valid_from", _("起始日"), "day"),
        Column(
            "state",
            "x.now",
            _("状态"),
            "badge",
            words=ROWS_OF,
            filters=one_of("state", _("状态"), ROWS_OF),
        ),
    ),
)

DEPUTIES_LIST = Listing(
    name="card_deputies",
    title=_("代理审批"),
    permission="cards.view",
    export="cards.view",
    route="cards/deputies/",
    note=_("审批人不在岗的日子，由另一人代为审批报账；单据上写明代理谁。"),
    empty=_("没有代理"),
    source=_SQL["deputies"],
    scope=_SEEN.format(scope=in_scope("d.bureau_id"), unit="d.unit_id"),
    key="d.deputy_id",
    default="deputy_id",
    opens=deputy_url,
    actions=(ListAction(_("新增代理"), "card_deputy_new", "cards.deputies", "user-check"),),
    filters=named(_("姓名、工号"), "a.name", "s.name", "a.staff_no", "s.staff_no"),
    columns=(
        Column("deputy_id", "d.deputy_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.deputy_id)),
        Column("unit", "u.name", _("单位")),
        Column("level", "d.level", _("级次"), value=lambda r, a: told(LEVELS[r.level])),
        Column("absent", "a.name", _("不在岗")),
        Column("deputy", "s.name", _("代理人")),
        Column("from_on", "d.from_on", _("起"), "day"),
        Column("until_on", "d.until_on", _("止"), "day"),
        Column("state", "x.now", _("状态"), "badge", words=DEPUTIES, filters=one_of("state", _("状态"), DEPUTIES)),
    ),
)  # fmt: skip


def refused(code: int) -> str:
    """A code in the reader's language, with its number."""
    meaning = result_code(code).meaning
    return f"{code} {told(Text(meaning.zh, meaning.en))}"
