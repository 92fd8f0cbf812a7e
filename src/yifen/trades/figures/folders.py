"""A report into a partner's folder 送到合作方目录: two people agree to what goes out, to whom and when."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face import scope
from yifen.face.plain import plain_connection
from yifen.trades.figures.asking import read_ask
from yifen.trades.figures.catalogue import DIMENSIONS, MEASURES, PAYMENTS, SOURCES, topics_of
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.keeping import KeptReport
from yifen.trades.figures.labels import together
from yifen.trades.figures.periods import FIXED, RELATIVE

ACT = "figures.folder"
EVERY = {"day": Text("每日", "Every day"), "week": Text("每周一", "Every Monday"),
         "month": Text("每月一日", "Every first of a month")}  # fmt: skip
_SQL = queries(__package__)


def partners(conn: Any, access: Access) -> list[tuple[int, str]]:
    """(number, name) of live partners in reach of whom a pipe takes reports; nobody for who may not share."""
    if not access.may("figures.share"):
        return []
    return [(number, name) for number, name, _ in conn.execute(
        _SQL["folder_partners"], scope.params(access.scope) | {"partner": None}).fetchall()]  # fmt: skip


def propose(
    access: Access, kept: KeptReport, partner_id: int, asked: dict[str, Any], language: str, at: datetime
) -> Authorisation:
    """`asked`: every, hour, format. Refused: FOLDER_NOBODY, REPORT_WRONG, and as `second.propose` refuses."""
    if not access.scope.has_partner(partner_id):
        raise Refused(FigureCode.FOLDER_NOBODY, "partner")
    # What official cards spent is no partner's own.
    if kept.ask is None or not topics_of(kept.ask.measures) <= {SOURCES[PAYMENTS].permission}:
        raise Refused(FigureCode.REPORT_WRONG, "format")
    content = {"report": kept.report_id, "partner": partner_id, "title": kept.title, "ask": kept.ask.data(),
               "every": asked["every"], "hour": asked["hour"], "format": asked["format"],
               "language": "en" if language.startswith("en") else "zh-hans"}  # fmt: skip
    partner = Partner.objects.get(pk=partner_id)
    return second.propose(access, ACT, f"{kept.report_id} {partner.code}", content, at, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """What goes where and when. Refused: FOLDER_NOBODY, and as a report is."""
    ask = read_ask(content["ask"])
    with plain_connection() as conn:
        everywhere = {"all": True, "partners": "{}", "sandboxes": "{}"}
        row = conn.execute(_SQL["folder_partners"], everywhere | {"partner": content["partner"]}).fetchone()
    if row is None:
        raise Refused(FigureCode.FOLDER_NOBODY, "partner")

    def listed(words: list[Text]) -> Text:
        return Text(together((one.zh for one in words), Text.__str__), together((one.en for one in words), _english))

    filters = [Text(f"{by.zh} {'、'.join(values)}", f"{by.en} {', '.join(values)}")
               for by, values in ((DIMENSIONS[name].text, values) for name, values in ask.filters.items())]  # fmt: skip
    days = f"{ask.since} – {ask.until}" if ask.period == FIXED else RELATIVE[ask.period]
    return [
        Change("title", Text("报表", "Report"), None, content["title"]),
        Change("partner", Text("送给", "Sent to"), None, row[1]),
        Change("pipes", Text("推送通道", "Pipes"), None, row[2]),
        Change("rows", Text("统计维度", "By"), None, listed([DIMENSIONS[name].text for name in ask.dimensions])),
        Change("measures", Text("指标", "Measures"), None, listed([MEASURES[name].text for name in ask.measures])),
        Change("filters", Text("条件", "Filters"), None, listed(filters) if filters else None),
        Change("period", Text("期间", "Period"), None, days),
        Change("every", Text("周期", "How often"), None, EVERY[content["every"]]),
        Change("hour", Text("时刻", "Hour"), None, f"{content['hour']:02d}:00"),
        Change("format", Text("格式", "Form"), None, content["format"].upper()),
        Change("reach", Text("数据范围", "Reach"), None,
               Text("仅该合作方自己的数据", "The partner's own figures alone")),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused as figures_folder_v1 answers."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["put_folder"], (decision.proposal, decision.now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))


def named(key: str) -> Text:
    """The report and the partner of a proposal, by name."""
    report, _, code = key.partition(" ")
    with plain_connection() as conn:
        row = conn.execute(_SQL["report_titled"], (int(report),)).fetchone()
    title = f"{row[0] if row else report} → {code}"
    return Text(title, title)


def _english(text: Text) -> str:
    return text.en
