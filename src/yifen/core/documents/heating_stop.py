"""The agreement to stop heating 停供协议: who, where, which season, what is paid all the same."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from yifen.core.documents.figures import grouped_yuan, shown_at
from yifen.core.documents.render import Form, render


class StopAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """What two people of the company agreed to, for the holder to sign. `basic_fen`: of the season; None: no price
    then. `by_days`: of a start again only the days count."""

    number: str
    biller: str
    holder: str
    account_no: str
    place: str
    season: str
    season_from: date
    season_to: date
    from_on: date
    area_milli: int | None
    permille: int
    basic_fen: int | None
    document: str
    seen: str
    by_days: bool


def stop_agreement(paper: StopAgreement, at: datetime, form: Form = "pdf") -> bytes:
    """The paper as PDF or PNG, agreed to `at` (aware)."""
    area = "—" if paper.area_milli is None else f"{(Decimal(paper.area_milli) / 1000).normalize():f} m²"
    return render("heating_stop", {
        "number": paper.number, "biller": paper.biller, "holder": paper.holder, "account_no": paper.account_no,
        "place": paper.place, "document": paper.document, "seen": paper.seen, "area": area, "made_at": shown_at(at),
        "season": f"{paper.season}（{paper.season_from} – {paper.season_to}）",
        "stopped": f"{paper.from_on} – {paper.season_to}",
        "ratio": f"{(Decimal(paper.permille) / 10).normalize():f} %",
        "basic": "按出账时的价格" if paper.basic_fen is None else f"¥{grouped_yuan(paper.basic_fen)}",
        "start_rule": "自恢复之日起按天全额计费。" if paper.by_days else "本季恢复的，按整季全额计费。",
    }, at, form)  # fmt: skip
