"""What figures 统计 bring: what was billed, collected and is owing, by every dimension; reports; what collecting
costs."""

from yifen.core.facts.plug import (
    Grant,
    Heading,
    MenuEntry,
    Plug,
    SealedColumn,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.columns import VIEWS
from yifen.trades.figures.events import REPORTS

_READERS = (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR)
_OF_UNITS = ("unit_cashier", "unit_head", "budget_bureau", "card_holder")  # roles of budget; a holder sees his own

PLUG = Plug(
    name="yifen.trades.figures",
    builds_on=("yifen.trades.agency", "yifen.trades.billing", "yifen.trades.budget", "yifen.trades.cards",
               "yifen.trades.counter", "yifen.trades.heating", "yifen.trades.orders", "yifen.trades.pipes",
               "yifen.trades.treasury"),
    apps=("yifen.trades.figures",),
    tables=(
        Table("figure_report", writes=(), watch=Watch()),
        Table(
            "figure_schedule",
            writes=(),
            watch=Watch(secret=("mail",), ignored=("next_at",)),
            sealed=(
                SealedColumn(
                    "mail", "'figure_schedule:' || r.report_id", when="r.mail IS NOT NULL"
                ),
            ),
        ),
        Table("figure_made", writes=()),
        Table("figure_cost", writes=(), watch=Watch()),
    ),
    readable=tuple(view.name for view in VIEWS),
    functions={
        "figures_cost_v1": (WEB,),
        "figures_drop_v1": (WEB,),
        "figures_folder_v1": (WEB,),
        "figures_due_v1": (WORKER,),
        "figures_forget_v1": (WORKER,),
        "figures_keep_v1": (WEB,),
        "figures_made_v1": (WORKER,),
        "figures_mailed_v1": (WORKER,),
        "figures_schedule_v1": (WEB,),
        "figures_sent_v1": (WORKER,),
        "figures_tell_v1": (WORKER,),
        "figures_unschedule_v1": (WEB,),
    },
    terms={
        "compare": Text("对比", "Compared with"), "wages": Text("工资", "Wages"), "measures": Text("指标", "Measures"),
        "report_id": Text("报表号", "Report"), "schedule_id": Text("定时报表号", "Schedule"),
        "cost_id": Text("成本假设号", "Assumption"),
        "begun_at": Text("开始时间", "Begun at"), "changed_at": Text("修改时间", "Changed at"),
        "said_at": Text("设定时间", "Said at"), "said_by": Text("设定人", "Said by"),
        "figure_report": Text("报表", "Report"),
        "figure_schedule": Text("定时报表", "Report made regularly"),
        "figure_cost": Text("收费成本假设", "Assumed cost of collecting"),
        "ask": Text("统计内容", "What it asks"),
        "roles": Text("共享给的角色", "Shared with roles"),
        "owner_id": Text("谁的", "Whose"),
        "every": Text("周期", "How often"),
        "hour": Text("时刻", "Hour"),
        "mail": Text("邮箱", "Mail"),
        "mail_domain": Text("邮箱域名", "Domain of the mail"),
        "asked": Text("约定的内容", "What was agreed"),
        "ended_why": Text("停止的缘由", "Why it ended"),
        "wages_fen": Text("工资", "Wages"),
        "rates": Text("渠道费率", "Rates of channels"),
    },
    permissions=(
        Grant(
            "figures.view",
            _READERS,
            "看收费总览、班次上缴，统计收费",
            "see the overview of collecting and shifts, be told of collecting in reports",
        ),
        Grant(
            "figures.spending",
            (*_OF_UNITS, R.AUDITOR),
            "统计公务卡支出：持卡人看本人的，其他人看所管单位的",
            "be told what official cards spent: a holder his own, others of their units",
        ),
        Grant("figures.open", (*_READERS, *_OF_UNITS), "看共享的报表", "see shared reports"),
        Grant(
            "figures.report",
            (*_READERS, *_OF_UNITS),
            "建立、导出报表，定时制作，计算收费成本",
            "make and export reports, have them made regularly, reckon what collecting costs",
        ),
        Grant(
            "figures.share",
            (R.INSTITUTION_ADMIN, R.FINANCE, R.BILLER_STAFF),
            "把报表共享给本单位的角色；提出和复核定时送到合作方目录的报表",
            "share reports with roles of one's own people; propose and decide on reports into a partner's folder",
        ),
        Grant(
            "figures.oversee",
            (R.INSTITUTION_ADMIN,),
            "看本机构及其收费单位人员的定时报表，停止之",
            "see what is made regularly for people of the institution and its companies, and stop it",
        ),
    ),
    second=(
        Second("figures.folder", Text("报表送到合作方目录", "Report into a partner's folder"),
               "figures.share", "figures.share",
               "yifen.trades.figures.folders:view", "yifen.trades.figures.folders:run",
               named="yifen.trades.figures.folders:named"),
    ),
    events=(REPORTS,),
    today=("yifen.trades.figures.pages.waiting:what_waits",),
    codes=(FigureCode,),
    headings=(Heading("figures", "arrears", Text("统计", "Statistics")),),
    menu=(
        MenuEntry(
            "figures",
            10,
            Text("收费总览", "Collection overview"),
            "figures",
            "chart-column",
            "figures.view",
        ),
        MenuEntry(
            "figures", 20, Text("报表", "Reports"), "figure_reports", "table-2", "figures.open"
        ),
        MenuEntry(
            "figures",
            25,
            Text("公务卡支出统计", "Spending by official cards"),
            "figure_spending",
            "chart-pie",
            "figures.spending",
        ),
        MenuEntry(
            "figures",
            30,
            Text("收款与上缴", "Handed in"),
            "figure_shifts",
            "hand-coins",
            "figures.view",
        ),
        MenuEntry(
            "figures",
            40,
            Text("收费成本", "Cost of collecting"),
            "figure_cost",
            "calculator",
            "figures.view",
        ),
    ),
    urls=(Urls("console/", "yifen.trades.figures.pages.urls"),),
    lists=tuple(
        f"yifen.trades.figures.pages.lists:{name}"
        for name in ("FIGURE_BILLS", "FIGURE_PAYMENTS", "FIGURE_SHIFTS")
    )
    + tuple(f"yifen.trades.figures.pages.spending_lists:{name}"
            for name in ("SPENDING_ROWS", "SWIPE_ROWS", "CLAIM_ROWS", "DUE_ROWS", "LATE_ROWS", "CLEARING_ROWS")),
    sample=("yifen.trades.figures.sample:prepare",),
    tasks=(
        Task("figures.make", "yifen.trades.figures.making:run", cron="*/5 * * * *", alone=True),
    ),
)
