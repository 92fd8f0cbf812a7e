"""What budget indicators 预算指标 bring: bureaus, units, people and their posts, indicators, quota, what claims hold."""

from yifen.core.facts.plug import (
    ChartAccount,
    Grant,
    Plug,
    RoleRow,
    SealedColumn,
    Second,
    Table,
    Text,
    Watch,
)
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.budget.codes import BudgetCode

_HERE = "yifen.trades.budget"
HOLDER, CASHIER, HEAD, BUREAU = "card_holder", "unit_cashier", "unit_head", "budget_bureau"
_SEE = (HOLDER, CASHIER, HEAD, BUREAU, R.INSTITUTION_ADMIN, R.AUDITOR)
_SET_UP = (BUREAU, R.INSTITUTION_ADMIN)
_ABOUT = "budget_about_v1"

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.settlement",),
    apps=(_HERE,),
    accounts=(
        ChartAccount("budget_granted", "8001.{key}", Text("预算指标", "Indicators granted"), "asset", theirs=True),
        ChartAccount("budget_free", "8101.{key}", Text("未到账指标", "Indicators not in quota"), "liability",
                     "credit_covers_debit", theirs=True),
        ChartAccount("budget_held", "8102.{key}", Text("预留额度", "Quota held"), "liability", "credit_covers_debit",
                     theirs=True),
        ChartAccount("budget_used", "8103.{key}", Text("已用额度", "Quota used"), "liability", "credit_covers_debit",
                     theirs=True),
        ChartAccount("budget_quota", "8104.{key}", Text("可用额度", "Quota"), "liability", "credit_covers_debit",
                     theirs=True),
    ),
    tables=(
        Table("budget_bureau", writes=(), watch=Watch()),
        Table("budget_rule", writes=(), watch=Watch()),
        Table("budget_unit", writes=(), watch=Watch()),
        Table("budget_person", writes=(), watch=Watch()),
        Table("budget_post", writes=(), watch=Watch()),
        Table("budget_list", adds=(WEB,), writes=(), reads=(WEB,), hidden=("body",), sealed=(
            SealedColumn("body", "'budget_list:' || encode(r.sha256, 'hex')", at_once=5),)),
        Table("budget_indicator", writes=(), watch=Watch(ignored=("granted_fen", "free_fen", "quota_fen", "held_fen",
                                                                  "used_fen"))),
        Table("budget_hold", writes=(), watch=Watch()),
        Table("budget_entry", writes=()),
    ),
    functions={
        "budget_above_v1": (WEB, WORKER),
        "budget_below_v1": (WEB, WORKER),
        "budget_clock_v1": (WEB, WORKER, NIGHT),
        "budget_keep_rule_v1": (WEB,),
        "budget_grant_v1": (WEB,),
        "budget_grants_against_v1": (WEB,),
        "budget_levels_v1": (WEB,),
        "budget_list_against_v1": (WEB,),
        "budget_match_v1": (WEB,),
        "budget_me_v1": (WEB,),
        "budget_money_against_v1": (WEB,),
        "budget_posts_against_v1": (WEB,),
        "budget_quota_against_v1": (WEB,),
        "budget_quota_v1": (WEB,),
        "budget_reach_v1": (WEB,),
        "budget_rule_against_v1": (WEB,),
        "budget_rule_v1": (WEB, WORKER),
        "budget_take_list_v1": (WEB,),
        "budget_today_v1": (WEB, WORKER),
        "budget_units_against_v1": (WEB,),
        "budget_who_v1": (WEB,),
        "budget_year_end_figures_v1": (WEB,),
        "budget_year_end_v1": (WEB,),
    },
    documents=("budget_entry",),
    roles=(
        RoleRow(HOLDER, "持卡人", "card holder", of_partner=True),
        RoleRow(CASHIER, "单位经办", "unit cashier", of_partner=True, apart_from=(HEAD, BUREAU)),
        RoleRow(HEAD, "单位负责人", "head of unit", of_partner=True, apart_from=(CASHIER,)),
        RoleRow(BUREAU, "国库管理", "treasury officer", of_partner=True, apart_from=(CASHIER,)),
    ),
    permissions=(
        Grant("budget.view", _SEE, "看预算单位、人员岗位、指标", "see units, people, posts and indicators"),
        Grant("budget.rules", _SET_UP, "提出、复核公务卡与指标规则", "propose and decide on a bureau's rules"),
        Grant("budget.directory", _SET_UP, "提出、复核单位和人员岗位清单", "propose and decide on lists of units and posts"),
        Grant("budget.move", (BUREAU,), "提出、复核指标、额度、年终结转",
              "propose and decide on indicators, quota and the year's end"),
    ),
    second=(
        Second("budget.rule", Text("财政支出规则", "Bureau's rule"), "budget.rules", "budget.rules",
               f"{_HERE}.bureaus:view", f"{_HERE}.bureaus:run", about=_ABOUT),
        Second("budget.list", Text("单位、人员岗位清单", "List of units or posts"), "budget.directory", "budget.directory",
               f"{_HERE}.directory:view", f"{_HERE}.directory:run", about=_ABOUT),
        Second("budget.grant", Text("下达、调整指标", "Indicators granted or changed"), "budget.move", "budget.move",
               f"{_HERE}.granting:view", f"{_HERE}.granting:run", about=_ABOUT),
        Second("budget.quota", Text("额度到账", "Quota arrived"), "budget.move", "budget.move",
               f"{_HERE}.granting:view_quota", f"{_HERE}.granting:run_quota", about=_ABOUT),
        Second("budget.year_end", Text("年终结转", "Year's end"), "budget.move", "budget.move",
               f"{_HERE}.year_end:view", f"{_HERE}.year_end:run", about=_ABOUT),
    ),
    codes=(BudgetCode,),
    terms={},
)  # fmt: skip
