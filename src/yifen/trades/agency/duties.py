"""职能分工: which level of the tree has which duty (P1). Operations ask here; a page shows it."""

from typing import NamedTuple

from yifen.core.access.models import User
from yifen.core.access.second import chosen
from yifen.core.directory.models import Institution
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.trades.agency.codes import AgencyCode

LEVELS = ("union", "office", "county", "branch")


class Duty(NamedTuple):
    """What is done, and at which levels of the tree."""

    name: str
    title: Text
    levels: tuple[str, ...]


DUTIES = (
    Duty("merchant", Text("规划与制度；商户基本信息", "Rules; merchants' basic data"), ("union",)),
    Duty("admission.agree", Text("审批准入（4690）", "Agree to admissions (4690)"), ("union",)),
    Duty("admission.ask", Text("市场拓展；申请准入（4690）", "Market; ask for admissions (4690)"), ("county",)),
    Duty("pair", Text("参数维护：商户账户（4692）", "Parameters: merchants' accounts (4692)"), ("union", "office")),
    Duty("slips", Text("接收供电公司缴款单", "Take in the company's slips"), ("county",)),
    Duty("exchange", Text("同城交换：提出、退票", "Local exchange: presenting, returns"), ("county",)),
    Duty("charge", Text("收取手续费（1078）", "Charge commission (1078)"), ("county", "branch")),
    Duty("deposit", Text("电力方缴费及冲正（4628、4629）", "Deposits and their reversal (4628, 4629)"),
         ("county", "branch")),
    Duty("accounts", Text("日常管理、账务核对", "Daily work, checking of accounts"), ("county",)),
)
_BY_NAME = {duty.name: duty for duty in DUTIES}


def check(user: User | None, name: str) -> None:
    """Whether this is a duty of the level at which the user works. Refused: AGENCY_LEVEL_WRONG, with whose it is."""
    duty = _BY_NAME[name]
    if user is None or user.institution.level not in duty.levels:
        levels = [chosen(Institution.Level, level) for level in duty.levels]
        whose = Bilingual("、".join(level.zh for level in levels), ", ".join(level.en for level in levels))
        raise Refused(AgencyCode.AGENCY_LEVEL_WRONG, "institution", Bilingual("{}：{}", "{}: {}",
                      Bilingual(*duty.title), whose))  # fmt: skip
