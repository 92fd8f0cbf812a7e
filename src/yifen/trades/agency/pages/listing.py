"""The lists of the agency: admissions, deposits, cheques, commission charged, and the union's statement."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import billers, chosen, days, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions
from yifen.trades.agency.pages.words import CHANNELS, CHEQUES, CODES, MEANS, OPEN, PRODUCTS, STATES

_SQL = queries(__package__)


def history_url(row: Row, access: Access) -> str:
    return reverse("agency_admission", args=[row.admission_id])


def cheque_url(row: Row, access: Access) -> str:
    return reverse("agency_cheque", args=[row.cheque_id])


ADMISSIONS = Listing(
    name="agency_admissions", title=_("准入（4690）"), permission="agency.view", export="ledger.export",
    note=_("联社申请，省联社审批；未准入的渠道和到期的准入，柜面与各渠道一律拒收。"), empty=_("没有准入"),
    route="agency/admissions/", source=_SQL["admissions"], scope=in_institutions("a.institution_id"),
    key="a.admission_id", default="admission_id", opens=history_url,
    actions=(ListAction(_("申请准入"), "agency_admission_new", "agency.rules", "plus", "primary"),
             ListAction(_("商户账户（4692）"), "agency_accounts", "corebank.edit", "landmark"),
             ListAction(_("职能分工"), "agency_duties", "agency.view", "network")),
    columns=(
        Column("admission_id", "a.admission_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.admission_id)),
        Column("industry", "m.industry", _("商户行业")),
        Column("merchant", "m.code || ' ' || m.name", _("商户"),
               filters=search("merchant", _("商户编码"), "m.code = %(merchant)s")),
        Column("product", "a.product", _("业务种类"), "badge", words=PRODUCTS),
        Column("channel", "a.channel", _("渠道"), "badge", words=CHANNELS,
               filters=one_of("channel", _("渠道"), CHANNELS)),
        Column("region", "a.region", _("地区码"), "code"),
        Column("institution", "i.code || ' ' || i.name", _("机构号")),
        Column("valid_from", "a.valid_from", _("生效日"), "day"),
        Column("valid_until", "a.valid_until", _("截止日"), "day"),
        Column("state", "a.state", _("状态"), "badge", words=OPEN, filters=one_of("state", _("状态"), OPEN)),
    ),
)  # fmt: skip
DEPOSITS = Listing(
    name="agency_deposits", title=_("电力方缴费"), permission="agency.view", export="ledger.export",
    note=_("供电公司自己缴存的款项（4628）和冲正（4629）；不是用户缴费，进过渡户，随日终一并划转。"),
    empty=_("没有电力方缴费"),
    route="agency/deposits/", source=_SQL["deposits"], scope=in_institutions("d.institution_id"), key="d.deposit_id",
    default="made_at",
    actions=(ListAction(_("待缴的缴款单"), "agency_slip_list", "agency.view", "clock"),
             ListAction(_("接收缴款单"), "agency_slips", "agency.slips", "file-up")),
    filters=(*chosen("biller", _("收费单位"), "d.biller_id = %(biller)s", billers),),
    columns=(
        Column("made_at", "d.made_at", _("时间"), "time", order="down"),
        Column("serial", "d.serial", _("流水号"), "code",
               filters=search("serial", _("流水号"), "d.serial = %(serial)s", wide=False)),
        Column("unit", "d.unit", _("核算单位"), "code"),
        Column("number", "d.number", _("缴款编号"), "code"),
        Column("biller", "p.name", _("收费单位")),
        Column("means", "d.means", _("缴款方式"), "badge", words=MEANS, filters=one_of("means", _("缴款方式"), MEANS)),
        Column("amount_fen", "d.amount_fen", _("金额（元）"), "amount", order="down", sums=False),  # refused ones too
        Column("booked_fen", "CASE d.state WHEN 'booked' THEN d.amount_fen ELSE 0 END", _("入账净额（元）"), "amount"),
        Column("state", "d.state", _("状态"), "badge", words=STATES, filters=one_of("state", _("状态"), STATES)),
        Column("outlet", "i.name", _("网点")),
        Column("teller", "u.login", _("柜员"), "code"),
        Column("business_day", "d.business_day", _("会计日期"), "day", filters=days(_("会计日期 起"))),
    ),
)  # fmt: skip
SLIPS = Listing(
    name="agency_slip_list", title=_("待缴的缴款单"), permission="agency.view", export="ledger.export",
    note=_("供电公司送来、尚未缴款（4628）的缴款单；4629 冲正之后回到这里。"), empty=_("没有待缴的缴款单"),
    route="agency/waiting-slips/", source=_SQL["slips"], scope=in_institutions("s.contracting_id"), key="s.row_key",
    key_kind="text", default="received_at",
    actions=(ListAction(_("接收缴款单"), "agency_slips", "agency.slips", "file-up"),),
    filters=(*chosen("biller", _("收费单位"), "s.biller_id = %(biller)s", billers),),
    columns=(
        Column("received_at", "s.received_at", _("收到时间"), "time", order="down"),
        Column("unit", "s.unit", _("核算单位"), "code"),
        Column("number", "s.number", _("缴款编号"), "code",
               filters=search("number", _("缴款编号"), "s.number = %(number)s", wide=False)),
        Column("payer", "s.payer", _("缴款人")),
        Column("amount_fen", "s.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("biller", "p.name", _("收费单位")),
        Column("county", "i.name", _("签约机构")),
    ),
)  # fmt: skip
CHEQUE_LIST = Listing(
    name="agency_cheques", title=_("交换支票"), permission="agency.view", export="ledger.export",
    note=_("他行支票：受理时只盖章不入账；提出后下一场无退票才收妥，收妥才可缴费；退票登记理由并通知供电公司。"),
    empty=_("没有支票"),
    route="agency/cheques/", source=_SQL["cheques"], scope=in_institutions("q.institution_id"), key="q.cheque_id",
    default="cheque_id", opens=cheque_url,
    actions=(ListAction(_("提出与结束场次"), "agency_exchange", "agency.exchange", "arrow-left-right", "primary"),),
    filters=(*chosen("biller", _("收费单位"), "q.biller_id = %(biller)s", billers),),
    columns=(
        Column("cheque_id", "q.cheque_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.cheque_id)),
        Column("session", "to_char(q.session_day, 'YYYY-MM-DD') || '/' || q.session_no", _("场次"), "code"),
        Column("drawer_bank", "concat_ws(' ', q.drawer_bank, b.name)", _("付款行")),
        Column("drawer", "q.drawer", _("出票人")),
        Column("cheque_no", "q.cheque_no", _("支票号码"), "code",
               filters=search("cheque_no", _("支票号码"), "q.cheque_no = %(cheque_no)s", wide=False)),
        Column("amount_fen", "q.amount_fen", _("金额（元）"), "amount"),
        Column("number", "q.unit || ' ' || q.number", _("缴款编号"), "code"),
        Column("biller", "p.name", _("收费单位")),
        Column("state", "q.state", _("状态"), "badge", words=CHEQUES, filters=one_of("state", _("状态"), CHEQUES)),
        Column("reason", "q.reason", _("退票理由")),
        Column("changed_at", "q.changed_at", _("状态时间"), "time"),
        Column("accepted_at", "q.accepted_at", _("受理时间"), "time", shown=False),
        Column("accepted_by", "concat_ws(' ', o.name, '·', u.login, u.name)", _("受理柜员"), shown=False),
        Column("deposit", "d.serial", _("缴费流水号"), "code", shown=False),
    ),
)  # fmt: skip
CHARGES = Listing(
    name="agency_charges", title=_("手续费收费（1078）"), permission="agency.view", export="ledger.export",
    note=_("按协议、按月收取一次；金额由结算按协议计算。"), empty=_("没有收费"),
    route="agency/charges/", source=_SQL["charges"],
    scope=in_institutions("c.institution_id"), key="c.charge_id", default="made_at",
    filters=(*chosen("biller", _("收费单位"), "c.biller_id = %(biller)s", billers),),
    columns=(
        Column("made_at", "c.made_at", _("时间"), "time", order="down"),
        Column("serial", "c.serial", _("收费凭证号"), "code"),
        Column("biller", "p.name", _("收费单位")),
        Column("agreement_id", "c.agreement_id", _("协议"), "code", value=lambda r, a: str(r.agreement_id)),
        Column("month", "to_char(c.month, 'YYYY-MM')", _("收费月份"), "code"),
        Column("amount_fen", "c.amount_fen", _("金额（元）"), "amount", order="down", sums=False),  # refused ones too
        Column("booked_fen", "CASE c.state WHEN 'booked' THEN c.amount_fen ELSE 0 END", _("入账净额（元）"), "amount"),
        Column("state", "c.state", _("状态"), "badge", words=STATES, filters=one_of("state", _("状态"), STATES)),
        Column("outlet", "i.name", _("网点")),
        Column("teller", "u.login", _("柜员"), "code"),
    ),
)  # fmt: skip
STATEMENT = Listing(
    name="agency_statement", title=_("代收业务统计表"), permission="agency.view", export="ledger.export",
    note=_("按日、供电公司、网点：代收、冲正、电力方缴费及冲正、手续费的笔数和金额；手续费一栏为当日结算手续费中"
           "该网点的份额，日终结算后才有；可导出 Excel。"),
    empty=_("没有业务"),
    route="agency/statement/", source=_SQL["statement"], scope=in_institutions("s.institution_id"), key="s.row_key",
    key_kind="text", default="day",
    filters=(*chosen("biller", _("收费单位"), "s.biller_id = %(biller)s", billers),),
    columns=(
        Column("day", "s.day", _("会计日期"), "day", order="down", filters=days(_("会计日期 起"))),
        Column("biller", "p.code || ' ' || p.name", _("供电公司")),
        Column("outlet", "i.code || ' ' || i.name", _("网点")),
        Column("code", "s.code", _("交易码"), "code"),
        Column("what", "s.code", _("交易"), words=CODES),
        Column("count", "s.entries", _("交易次数"), "num"),
        Column("amount_fen", "s.amount_fen", _("金额（元）"), "amount", sums=False),  # of what is not alike
        Column("transit_fen", "CASE WHEN s.code <> '1078' THEN s.amount_fen END", _("进过渡户（元）"), "amount"),
        Column("commission_fen", "f.commission_fen", _("手续费（元）"), "amount"),
    ),
)  # fmt: skip
