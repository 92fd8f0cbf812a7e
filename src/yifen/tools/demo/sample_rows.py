"""The sample network as tables: a province's union, its members, five billers, six channels of which four pay, four
banks."""

from datetime import time
from typing import Any, NamedTuple

from yifen.core.wire.keys import Algorithm

BOOK_ID = 1
BOOK = (BOOK_ID, "hub", "省联社中间业务账簿")
ALL_DAY = (time.min, time.max)  # so that the demo works at any hour; a real counter closes
COUNTIES = (("960101", "青溪"), ("960102", "临江"), ("960201", "白石"), ("960202", "云岭"))


class Seat(NamedTuple):
    """One institution."""

    code: str
    parent: str | None
    level: str
    name: str


class BillerRow(NamedTuple):
    """One biller; `prefix` starts its account numbers; `seat`: the institution that it entrusts."""

    code: str
    name: str
    category: str
    prefix: str
    seat: str
    dialect: str
    options: dict[str, Any]


class ChannelRow(NamedTuple):
    """One channel; limits in fen."""

    code: str
    name: str
    algorithm: Algorithm
    partner: dict[str, Any]
    limits: dict[str, Any]


SEATS = (
    Seat("96", None, "union", "云川省农村信用社联合社"),
    Seat("9601", "96", "office", "东部办事处"),
    Seat("9602", "96", "office", "西部办事处"),
    *(Seat(c, c[:4], "county", f"{place}县农村信用合作联社") for c, place in COUNTIES),
    *(Seat(f"{c}01", c, "branch", f"{place}联社营业部") for c, place in COUNTIES),
    *(Seat(f"{c}02", c, "branch", f"{place}城关信用社") for c, place in COUNTIES),
)
BILLERS = (
    BillerRow("HEAT01", "青溪市热力公司", "heat", "31", "960101", "xml", {"city": "青溪"}),
    BillerRow(
        "POWER01", "云川电力青溪供电公司", "power", "32", "960101", "json",
        {"quote_ttl_s": 300, "city": "青溪"},
    ),
    BillerRow("WATER01", "临江县自来水公司", "water", "33", "960102", "xml", {"city": "临江"}),
    BillerRow(
        "GAS01", "白石燃气集团", "gas", "34", "960201", "xml", {"timeout_s": 2, "city": "白石"}
    ),
    BillerRow("PROP01", "安居物业服务公司", "property", "35", "960202", "json", {"city": "云岭"}),
)
# Keeps money of its cases, hosted here, with a POS terminal of its own (`CPOS`); these channels collect for it.
COURT = ("COURT01", "青溪县人民法院", "court", "960101")
FOR_COURT = ("WXPAY", "PHONE", "CPOS", "DESK", "PAGE")
# A finance bureau, with its budget units; nobody pays it by a channel.
BUREAU = ("FIN01", "青溪县财政局", "finance", "960101")
# Channels that Yifen runs itself, without keys: the tellers' desk, the pages of payers, debits by mandate.
HOSTED = (("DESK", "联社柜面", "counter", "counter"), ("PAGE", "一分缴费页", "payer", "app"),
          ("DEBIT", "联社代扣", "debit", "other"))  # fmt: skip
REMOTE = "GAS01"  # runs a system of its own, in XML
CHANNELS = (
    ChannelRow(
        "WXPAY",
        "微信生活缴费",
        "hmac-sha256",
        {"json": True},
        {"payment_fen_max": 300_000, "day_fen_max": 1_000_000_000, "kind": "app"},
    ),
    ChannelRow("COUNTER", "核心系统柜面", "sha1", {"xml": True}, {"hours": ALL_DAY, "kind": "counter"}),
    ChannelRow(
        "KIOSK",
        "自助终端",
        "sha1",
        {"xml": True, "encoding": "GB18030", "unit": "yuan"},
        {"payment_fen_max": 500_000, "hours": ALL_DAY, "kind": "kiosk"},
    ),
    ChannelRow("POS", "POS 收单", "ed25519", {"json": True}, {"day_fen_max": 5_000_000_000, "kind": "card"}),
)
# Banks that collect and are asked to deduct; a bank's port takes one shared key, which signs both ways.
BANKS = tuple(
    ChannelRow(code, f"{name}青溪支行", "hmac-sha256", {"json": True, "typed": True},
               {"payment_fen_max": 500_000, "kind": "webbank"})
    for code, name in (("ICBC", "工商银行"), ("ABC", "农业银行"), ("CCB", "建设银行"), ("PSBC", "邮储银行"))
)  # fmt: skip
# Whom nobody calls by himself: a phone bank to try (`./yifen sim phone`), and a cash machine.
QUIET = (
    ChannelRow("PHONE", "联社电话银行", "hmac-sha256", {"json": True, "typed": True}, {"kind": "phonebank"}),
    ChannelRow("CPOS", "案款专用 POS", "hmac-sha256", {"json": True, "typed": True}, {"kind": "card"}),
    ChannelRow("ATM", "联社自动柜员机", "hmac-sha256", {"json": True, "typed": True}, {"kind": "atm"}),
)
# What binds all channels of a kind: fen a payment, fen a day.
KIND_RULES = (("atm", 500_000, 200_000_000), ("kiosk", 1_000_000, None), ("phonebank", 200_000, 50_000_000))
