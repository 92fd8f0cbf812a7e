"""What heating service 供热服务 brings: seasons, stops and starts, checks of who has heat."""

from yifen.core.facts.plug import (
    Ends,
    Grant,
    MenuEntry,
    Plug,
    Second,
    Table,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import WEB
from yifen.core.facts.roles import Role as R
from yifen.trades.heating.codes import HeatingCode

PLUG = Plug(
    name="yifen.trades.heating",
    builds_on=("yifen.trades.billing", "yifen.trades.visits"),
    apps=("yifen.trades.heating",),
    tables=(
        Table("heating_season", writes=(), watch=Watch()),
        Table("heating_term", writes=(), watch=Watch()),
        Table("heating_mark", writes=(), watch=Watch()),
        Table("heating_request", writes=(), watch=Watch()),
    ),
    functions={
        # --- what people do
        "heating_again_v1": (WEB,),
        "heating_ask_v1": (WEB,),
        "heating_charge_v1": (WEB,),
        "heating_check_v1": (WEB,),
        "heating_decide_v1": (WEB,),
        "heating_mark_v1": (WEB,),
        "heating_season_v1": (WEB,),
        "heating_withdraw_v1": (WEB,),
        # --- what pages ask
        "heating_against_v1": (WEB,),
        "heating_basic_v1": (WEB,),
        "heating_building_v1": (WEB,),
        "heating_decide_against_v1": (WEB,),
        "heating_doors_v1": (WEB,),
        "heating_permille_v1": (WEB,),
        "heating_season_against_v1": (WEB,),
        "heating_today_v1": (WEB,),
        "heating_unpaid_v1": (WEB,),
        "heating_warm_v1": (WEB,),
    },
    permissions=(
        Grant("heating.view", (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR),
              "看采暖季、报停报开、开停检查", "see seasons, stops and starts, and who has heat"),
        Grant("heating.ask", (R.FINANCE, R.BILLER_STAFF),
              "受理报停报开，标记用户，派检查", "take stops and starts, mark flats, send somebody to look"),
        Grant("heating.decide", (R.FINANCE, R.BILLER_STAFF),
              "提出、复核报停报开的答复，追收停供用热",
              "propose and decide on stops, starts and what is charged again"),
        Grant("heating.seasons", (R.INSTITUTION_ADMIN, R.BILLER_STAFF),
              "提出、复核采暖季", "propose and decide on seasons"),
    ),
    second=(
        Second("heating.season", Text("采暖季", "Heating season"), "heating.seasons", "heating.seasons",
               "yifen.trades.heating.seasons:view", "yifen.trades.heating.seasons:run"),
        Second("heating.decide", Text("报停报开答复", "Answer to a stop or start"), "heating.decide", "heating.decide",
               "yifen.trades.heating.deciding:view", "yifen.trades.heating.deciding:run", page="heating_request", ends=(
                   Ends("heating_request", "update", "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL",
                        "request_id", Text("用户已撤回申请", "The holder took the request back"), "withdrawn_at"),)),
        Second("heating.charge", Text("停供用热追收", "Stopped and warm: charged again"), "heating.decide",
               "heating.decide", "yifen.trades.heating.charging:view", "yifen.trades.heating.charging:run"),
    ),
    terms={
        "customer_id": Text("用户号", "Customer"), "from_on": Text("起", "From"), "to_on": Text("止", "To"),
        "mark_id": Text("标记号", "Mark"), "request_id": Text("申请号", "Request"),
        "heating_season": Text("采暖季", "Heating season"), "heating_term": Text("基本费比例", "Basic fee"),
        "heating_mark": Text("供热标记", "Mark of a flat"), "heating_request": Text("报停报开", "Stop or start"),
        "season_id": Text("采暖季", "Season"), "heated_from": Text("实际供热起", "Heated from"),
        "heated_to": Text("实际供热止", "Heated to"), "ask_until": Text("报停截止日", "Asked for until"),
        "answer_days": Text("答复天数", "Days to answer"), "by_days": Text("按天停供", "By days"),
        "paid_first": Text("须先缴清欠费", "Paid first"),
        "permille": Text("基本费（千分之）", "Basic fee (thousandths)"),
        "until_on": Text("最后一日", "Last day"), "made_by": Text("经办", "By"), "ended_by": Text("取消人", "Ended by"),
        "asked_by": Text("申请人", "Who asks"), "document": Text("申请书编号", "Paper"),
        "taken_by": Text("受理人", "Taken by"), "answer_due_on": Text("答复期限", "Answer due"),
        "agreed": Text("同意", "Agreed"), "basic_fen": Text("基本费", "Basic fee"),
        "agreement_no": Text("协议编号", "Agreement"), "service_id": Text("计费项", "Service"),
    },
    codes=(HeatingCode,),
    menu=(
        MenuEntry("billing", 70, Text("报停报开", "Stops and starts"), "heating_requests", "thermometer",
                  "heating.view"),
        MenuEntry("billing", 71, Text("供热用户", "Heated flats"), "heating_flats", "house", "heating.view"),
        MenuEntry("billing", 72, Text("开栓未缴", "Heat unpaid"), "heating_unpaid", "flame", "heating.view"),
        MenuEntry("billing", 73, Text("停供用热", "Stopped and warm"), "heating_warm", "flame", "heating.view"),
        MenuEntry("billing", 74, Text("采暖季", "Seasons"), "heating_seasons", "calendar-days", "heating.view"),
    ),
    urls=(Urls("console/", "yifen.trades.heating.pages.urls"),),
    lists=tuple(f"yifen.trades.heating.pages.lists:{name}"
                for name in ("REQUESTS", "FLATS", "UNPAID", "WARM", "SEASONS")),
    today=("yifen.trades.heating.pages.waiting:what_waits",),
    sample=("yifen.trades.heating.sample:prepare",),
)  # fmt: skip
