"""What the credit union's agency brings: admission, companies' deposits, cheques in exchange, commission, day end."""

from yifen.core.facts.plug import (
    Ends,
    Grant,
    MenuEntry,
    NightStep,
    Plug,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.agency.codes import AgencyCode

_HERE = "yifen.trades.agency"
_SEE = (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.TELLER, R.AUDITOR)
_ADMINS = (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN)
_FOLLOWERS = (WEB, WORKER, NIGHT)
_TAKEN_BACK = Text("此笔已冲正", "It was taken back")

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.counter", "yifen.trades.settlement"),
    apps=(_HERE,),
    tables=(
        Table("agency_merchant", writes=(), watch=Watch()),
        Table("agency_admission", writes=(), watch=Watch()),
        Table("agency_slip", writes=(), adds=(WEB,)),
        Table("agency_session", writes=(), watch=Watch()),
        Table("agency_cheque", writes=(), watch=Watch()),
        Table("agency_deposit", writes=(), watch=Watch()),
        Table("agency_charge", writes=(), watch=Watch()),
        Table("agency_sweep", writes=(), watch=Watch()),
    ),
    functions={
        "agency_admission_v1": (WEB,),
        "agency_below_v1": _FOLLOWERS,
        "agency_charge_ask_v1": (WEB,),
        "agency_charge_back_v1": (WEB,),
        "agency_charge_follow_v1": _FOLLOWERS,
        "agency_cheque_accept_v1": (WEB,),
        "agency_cheque_follow_v1": _FOLLOWERS,
        "agency_deposit_ask_v1": (WEB,),
        "agency_deposit_back_v1": (WEB,),
        "agency_deposit_follow_v1": _FOLLOWERS,
        "agency_merchant_v1": (WEB,),
        "agency_owed_v1": (WEB,),
        "agency_present_v1": (WEB,),
        "agency_return_v1": (WEB,),
        "agency_session_v1": (WEB,),
        "agency_slip_v1": (WEB,),
        "agency_stands_v1": (WEB, NIGHT),
        "agency_sweep_ask_v1": (NIGHT,),
        "agency_sweep_follow_v1": _FOLLOWERS,
    },
    refuses=("agency_refuses_v1",),
    drawer=(f"{_HERE}.deposits:drawer",),
    documents=("agency_deposit", "agency_charge", "agency_sweep"),
    permissions=(
        Grant("agency.view", _SEE, "看代理业务：准入、缴费、交换、手续费",
              "see the agency: admission, deposits, exchange, commission"),
        Grant("agency.rules", _ADMINS, "提出、复核商户；申请、审批准入（按职能分工）",
              "propose and decide on merchants; ask for and agree to admissions, by the level's duties"),
        Grant("agency.slips", (R.INSTITUTION_ADMIN, R.FINANCE), "接收供电公司缴款单", "take in companies' slips"),
        Grant("agency.exchange", (R.SUPERVISOR, R.FINANCE), "同城交换：提出、结束场次、登记退票",
              "the local exchange: present, close sessions, enter returns"),
    ),
    second=(
        Second("agency.merchant", Text("商户基本信息", "Merchant"), "agency.rules", "agency.rules",
               f"{_HERE}.admission:view_merchant", f"{_HERE}.admission:run_merchant", about="access_about_all_v1"),
        Second("agency.admission", Text("准入（4690）", "Admission (4690)"), "agency.rules", "agency.rules",
               f"{_HERE}.admission:view", f"{_HERE}.admission:run", about="agency_about_v1"),
        Second("agency.unpay", Text("电力方缴费冲正（4629）", "Deposit taken back (4629)"), "desk.work",
               "desk.authorise", f"{_HERE}.deposits:view", f"{_HERE}.deposits:run", ends=(
                   Ends("agency_deposit", "update", "OLD.state <> NEW.state AND NEW.state = 'reversed'", "serial",
                        _TAKEN_BACK, "changed_at"),), about="agency_about_v1"),
        Second("agency.uncharge", Text("手续费冲正（1078）", "Commission taken back (1078)"), "desk.work",
               "desk.authorise", f"{_HERE}.charges:view", f"{_HERE}.charges:run", ends=(
                   Ends("agency_charge", "update", "OLD.state <> NEW.state AND NEW.state = 'reversed'", "serial",
                        _TAKEN_BACK, "changed_at"),), about="agency_about_v1"),
    ),
    codes=(AgencyCode,),
    terms={
        "agency_merchant": Text("商户", "Merchant"), "agency_admission": Text("准入", "Admission"),
        "agency_session": Text("交换场次", "Exchange session"),
        "agency_cheque": Text("他行支票", "Cheque of another bank"),
        "agency_deposit": Text("电力方缴费", "Deposit"), "agency_charge": Text("手续费收费", "Commission charged"),
        "agency_sweep": Text("日终划转", "Sweep"), "industry": Text("商户行业", "Industry"),
        "product": Text("业务种类", "Product"), "region": Text("地区码", "Region"),
        "valid_until": Text("截止日", "Until"), "admission_id": Text("准入号", "Admission's number"),
        "number": Text("编号", "No."), "cheque_id": Text("支票登记号", "Cheque's number here"),
        "exchange_id": Text("提出场次", "Presented in"), "accepted_at": Text("受理时间", "Accepted at"),
        "accepted_by": Text("受理人", "Accepted by"), "deposit_id": Text("缴费号", "Deposit's number"),
        "shift_id": Text("班次", "Shift"), "teller_id": Text("柜员", "Teller"),
        "back_shift_id": Text("冲正班次", "Shift that took it back"), "charge_id": Text("收费号", "Charge's number"),
        "sweep_id": Text("划转号", "Sweep's number"),
        "means": Text("缴款方式", "Means"), "session_day": Text("交换日期", "Session's day"),
        "session_no": Text("场次", "Session"), "drawer_bank": Text("付款行", "Drawer's bank"),
        "drawer": Text("出票人", "Drawer"), "cheque_no": Text("支票号", "Cheque number"),
        "written_on": Text("出票日期", "Written on"), "month": Text("月份", "Month"),
    },
    menu=(
        MenuEntry("run", 50, Text("代理准入", "Agency admissions"), "agency_admissions", "badge-check", "agency.view"),
        MenuEntry("run", 51, Text("电力方缴费", "Company deposits"), "agency_deposits", "banknote", "agency.view"),
        MenuEntry("run", 52, Text("交换支票", "Cheques in exchange"), "agency_cheques", "scroll-text", "agency.view"),
        MenuEntry("run", 53, Text("手续费收费", "Commission charged"), "agency_charges", "receipt", "agency.view"),
        MenuEntry("run", 54, Text("代收统计", "Agency statement"), "agency_statement", "table", "agency.view"),
    ),
    urls=(Urls("console/", f"{_HERE}.pages.urls"),),
    uploads={"agency_slips": 2 << 20},
    lists=tuple(f"{_HERE}.pages.listing:{name}" for name in (
        "ADMISSIONS", "DEPOSITS", "SLIPS", "CHEQUE_LIST", "CHARGES", "STATEMENT")),
    transactions=(f"{_HERE}.pages.transactions:TRANSACTIONS",),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    night=(NightStep("transits", "payout", f"{_HERE}.night:sweep", Text("过渡户划转", "transit accounts")),),
    tasks=(Task("agency.follow", f"{_HERE}.jobs:run", cron="* * * * * */5", alone=True),),
    sample=(f"{_HERE}.sample:prepare",),
    verify=(f"{_HERE}.proof:altered",),
    proof=(f"{_HERE}.proof:explained",),
)  # fmt: skip
