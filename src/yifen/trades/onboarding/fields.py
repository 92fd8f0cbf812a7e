"""Fields of partners as proposals show them."""

from typing import Any

from yifen.core.access.second import chosen
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.partners.categories import categories
from yifen.core.partners.models import ChannelKind

TITLES = {
    "name": Text("名称", "Name"), "kind": Text("渠道种类", "Kind of channel"),
    "payment_fen_max": Text("单笔限额（元）", "Most a payment (yuan)"),
    "day_fen_max": Text("当日限额（元）", "Most a day (yuan)"),
    "opens_at": Text("服务开始", "Service begins"), "closes_at": Text("服务结束", "Service ends"),
    "wire_log": Text("报文留存", "Messages kept"), "hosted": Text("承办", "Run by"),
    "category": Text("类别", "Category"), "city": Text("城市", "City"),
    "endpoint": Text("接口地址", "Endpoint"), "timeout_s": Text("超时（秒）", "Time-out (s)"),
    "quote_ttl_s": Text("报价有效期（秒）", "Quotes count for (s)"),
    "oldest_first": Text("先缴旧账", "Oldest first"),
}  # fmt: skip

RUN_BY = {"": Text("合作方", "The partner"), "counter": Text("本方柜面", "Our counter"),
          "payer": Text("本方缴费页面", "Our payers' pages")}  # fmt: skip

KEPT = {"all": Text("全部", "All"), "faults": Text("仅异常", "Faults"), "none": Text("不留存", "None")}


def told(field: str, value: Any) -> str | Text | None:
    """A field's value as people read it, out of the row or out of a proposal."""
    if value is None:
        return None
    if isinstance(value, bool):
        return Text("是", "Yes") if value else Text("否", "No")
    if field.endswith("_fen_max"):
        return grouped_yuan(value)
    if field in ("opens_at", "closes_at"):
        return str(value)[:5]
    if field == "wire_log":
        return KEPT[value]
    if field == "kind":
        return chosen(ChannelKind, value)
    if field == "hosted":
        return RUN_BY[value]
    if field == "category" and value in categories():
        return categories()[value].text
    return Text("由一分托管", "Hosted here") if field == "endpoint" and not value else str(value)
