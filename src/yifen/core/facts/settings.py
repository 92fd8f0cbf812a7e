"""Settings: everything an operator may set, read once from the environment at the edge."""

import re
from collections.abc import Mapping
from os import environ
from pathlib import Path
from typing import NamedTuple

from yifen.core.facts.addresses import networks
from yifen.core.facts.mail_server import MAIL_FROM, MAIL_URL, mail_server, sender

ROOT = Path(__file__).resolve().parents[4]
"""The checkout; a relative folder in a setting is relative to it."""
DOCS_FOLDER = "docs"
"""In the data folder: the built site of the documentation."""


class Setting(NamedTuple):
    """One row of docs/reference/settings.md."""

    name: str
    default: str
    meaning: str
    meaning_zh: str


SETTINGS = (
    Setting(
        "YIFEN_DATABASE_URL",
        "",
        "PostgreSQL of the running hub, as the restricted role; empty: the embedded server.",
        "运行用数据库（受限角色）；留空用内嵌 PostgreSQL。",
    ),
    Setting(
        "YIFEN_OWNER_URL",
        "",
        "The same database as the owner role: of `migrate`, `init`, `verify`, `anchor`, `reseal`, `cut --early`, "
        "`eod --early`, `eod --sign` and scripts. Gateway, pages, worker and night never have it.",
        "同一数据库的属主角色，用于 `migrate`、`init`、`verify`、`anchor`、`reseal`、`cut --early`、`eod --early`、"
        "`eod --sign` 和脚本；网关、页面、后台作业和日终进程都不带它。",
    ),
    Setting(
        "YIFEN_BACKUP_URL",
        "",
        "A role with REPLICATION on an operator's own server, for `backup` alone; the embedded server needs none.",
        "自有数据库上具 REPLICATION 权限的角色，仅供 `backup` 使用；内嵌库不需要。",
    ),
    Setting(
        "YIFEN_BACKUPS",
        "",
        "Folder of the backups, on another disk: where `backup` puts them and `doctor` looks for them.",
        "备份文件夹（应在另一块磁盘）：`backup` 存放于此，`doctor` 据此检查。",
    ),
    Setting(
        "YIFEN_TRADES",
        "yifen.project.trades",
        "Module with the list TRADES of packages that plug in; name your own to add trades.",
        "列出各业务包（TRADES）的模块；换成自己的模块即可增加业务。",
    ),
    Setting(
        "YIFEN_DATA",
        "var",
        "Folder of the embedded server, the key ring and logs.",
        "内嵌数据库、密钥环和日志的文件夹。",
    ),
    Setting(
        "YIFEN_PG_BIN",
        "",
        "Folder of other PostgreSQL binaries (15 or newer) for the embedded server.",
        "内嵌服务器改用的 PostgreSQL（15 以上）程序文件夹。",
    ),
    Setting(
        "YIFEN_KEY_RING",
        "",
        "Keys that seal secrets at rest, `version:base64,…`, newest first; empty: a file in the "
        "data folder.",
        "静态加密密钥环 `版本:base64,…`，最新在前；留空用数据文件夹中的文件。",
    ),
    Setting(
        "YIFEN_BUCKETS",
        "1",
        "Number of buckets, 1 to 1000; fixed when the database is made.",
        "分桶数 1–1000，建库时确定。",
    ),
    Setting(
        "YIFEN_HOST",
        "127.0.0.1",
        "Address that gateway, pages and POS door listen on, all where they have it; `--host` is for one alone.",
        "网关、页面和 POS 前置的监听地址，设置即对三者生效；只改其一请用 `--host`。",
    ),
    Setting("YIFEN_PORT", "8460", "Port the gateway listens on.", "网关监听端口。"),
    Setting("YIFEN_POS_PORT", "8464", "Port the door of POS terminals listens on.", "POS 前置监听端口。"),
    Setting("YIFEN_TCP_PORT", "8465", "Port the door of the TCP dialect listens on.", "TCP 报文前置监听端口。"),
    Setting(
        "YIFEN_GATEWAY_ORIGIN",
        "",
        "Address under which partners reach the gateway, `https://gateway.example.cn`; hand-over sheets carry it. "
        "Empty: this machine only.",
        "网关对外地址，接入交接单使用；留空仅限本机。",
    ),
    Setting(
        "YIFEN_QUEUE_MAX",
        "4096",
        "Requests one gateway process holds at most; more are answered BUSY.",
        "单个网关进程排队上限，超过答 BUSY。",
    ),
    Setting(
        "YIFEN_BATCH_MAX",
        "256",
        "Payments in one database transaction at most.",
        "一次数据库事务最多的缴费笔数。",
    ),
    Setting(
        "YIFEN_BODY_MAX",
        "65536",
        "Bytes of one message at most.",
        "单个报文最大字节数。",
    ),
    Setting(
        "YIFEN_REPLAY_WINDOW_S",
        "300",
        "How far, in seconds, a message's time may be from the gateway's clock.",
        "报文时间与网关时钟允许的偏差（秒）。",
    ),
    Setting(
        "YIFEN_SHA1",
        "1",
        "1: partners of the XML dialect sign by SHA-1; 0: switched off, such messages are answered "
        "2007 and no biller is called in XML. One partner is moved to JSON on its page.",
        "1：允许 XML 方式的 SHA-1 签名；0：全部停用，来文答 2007，也不再以 XML 调用收费单位。"
        "单个合作方在其页面改用 JSON。",
    ),
    Setting(
        "YIFEN_CLIENT_CONNECTIONS",
        "512",
        "Connections of one address (of IPv6: of one /64) that a process of the gateway or the pages "
        "holds; the oldest of more are closed. 0: no limit, where only proxies of yours connect.",
        "每个进程为同一地址（IPv6 按 /64）保持的连接数上限，超出时关闭最早的；0 不限，仅用于前置自有代理。",
    ),
    Setting(
        "YIFEN_FRONT",
        "own",
        "Which HTTP front the gateway has: own, of this project, cheapest for each charge; granian, as the pages have.",
        "网关使用哪个 HTTP 前端：own 为本项目自带，每笔销账开销最小；granian 与页面相同。",
    ),
    Setting(
        "YIFEN_OUTBOUND_ALLOW",
        "",
        "Networks besides the open internet in which the hub may call billers, banks and pay "
        "methods: `10.8.0.0/16, 192.0.2.7`. Private, loopback, link-local and metadata addresses "
        "are refused otherwise.",
        "除公网外允许本系统主动访问的网段（收费单位、银行、支付机构）；未列出的内网、本机、链路本地和元数据地址一律拒绝。",
    ),
    Setting(
        "YIFEN_REQUEST_IDS",
        "0",
        "1: a proxy of yours sets X-Request-Id at every request, whatever came in, and it is taken over; 0: ids are "
        "made here.",
        "1：前置自有代理为每个请求设置 X-Request-Id，沿用之；0：由本系统生成请求编号。",
    ),
    Setting(
        "YIFEN_METRICS",
        "",
        "Address where figures for Prometheus and readiness of the processes here are told, `127.0.0.1:8462`; who "
        "reaches it reads them without a password. Empty: nowhere.",
        "向 Prometheus 提供指标和本机各进程就绪状态的地址，如 `127.0.0.1:8462`；能连上者无需口令即可读取。留空不提供。",
    ),
    Setting(
        "YIFEN_TRACES",
        "",
        "Where OpenTelemetry's traces go: an OTLP address, `http://127.0.0.1:4318/v1/traces`, or `console`; needs "
        "the packages of the extra `traces`. Empty: none are made.",
        "OpenTelemetry 调用链的去处：OTLP 地址（`http://127.0.0.1:4318/v1/traces`）或 `console`，"
        "需另装 `traces` 附加包；留空不产生。",
    ),
    Setting(
        "YIFEN_TRACES_PERCENT",
        "1",
        "Of how many requests in a hundred traces are made.",
        "每百个请求中产生调用链的个数。",
    ),
    Setting(
        "YIFEN_MAIL_URL",
        "",
        "Server that takes our mail: `smtps://user:password@mail.example.cn` (TLS, port 465), `starttls://…` (TLS "
        "demanded, 587) or `smtp://…` (plain, 25; a password only on this machine). Inside a private network also name "
        "it in `YIFEN_OUTBOUND_ALLOW`. Empty: no mail is sent.",
        "发信服务器：`smtps://用户:密码@mail.example.cn`（TLS，465）、`starttls://…`（必须升级到 TLS，587）或 "
        "`smtp://…`（明文，25；仅本机可带密码）。在内网时还须列入 `YIFEN_OUTBOUND_ALLOW`。留空则不发邮件。",
    ),
    Setting(
        "YIFEN_MAIL_FROM",
        "",
        "Sender of our mail, `Name <no-reply@example.cn>` or the address alone; needed with `YIFEN_MAIL_URL`.",
        "发件人，`名称 <no-reply@example.cn>` 或仅地址；设置 `YIFEN_MAIL_URL` 时必填。",
    ),
    Setting(
        "YIFEN_KEEP_MESSAGES_DAYS",
        "180",
        "Days for which partners' masked messages are kept, 30 or more; the worker forgets older ones.",
        "脱敏报文保留天数（30 起），到期由 worker 删除。",
    ),
    Setting(
        "YIFEN_WEB_PORT", "8461", "Port of the pages: console, desk, payers.", "页面服务端口。"
    ),
    Setting(
        "YIFEN_WEB_ORIGIN",
        "",
        "Address under which people reach the pages, `https://pay.example.cn`; QR codes carry it. "
        "Empty: this machine only.",
        "页面对外地址，二维码使用；留空仅限本机。",
    ),
    Setting(
        "YIFEN_WEB_PROXIES",
        "0",
        "How many proxies of yours stand before the pages; the caller's address is read behind "
        "them.",
        "页面之前自有代理的层数，用于取得来访地址。",
    ),
    Setting(
        "YIFEN_WEB_IDLE_S",
        "900",
        "Seconds without a click after which a session ends.",
        "无操作自动退出时间（秒）。",
    ),
    Setting(
        "YIFEN_PAY_METHODS",
        "",
        "Ways in which payers pay on the pages, in order: `wechat`, `alipay`, and `simulated` (a "
        "cashier for trying out; never with real money).",
        "缴费页面开通的支付方式，依序：wechat、alipay；simulated 为模拟收银台，仅供试用。",
    ),
    Setting(
        "YIFEN_SMS",
        "",
        "Who brings SMS: `aliyun`, `tencent`; its keys are set on the console by two people. Empty: messages stay in "
        "the local outbox, so nobody gets any.",
        "短信由谁发送：aliyun、tencent，密钥在控制台由两人设置；留空则短信只留在本机发件箱，不发出。",
    ),
    Setting(
        "YIFEN_QUIET_HOURS",
        "21-8",
        "Hours of the day in which no reminder goes out, from-to, local time.",
        "免打扰时段（几点-几点，本地时间），期间不发提醒。",
    ),
    Setting(
        "YIFEN_REMINDERS_A_DAY",
        "4",
        "Messages of reminders that one person gets within 24 hours at most; one may tell several of an account.",
        "每人 24 小时内最多收到的提醒消息条数；一条可含同一户号的几项提醒。",
    ),
)


class Settings(NamedTuple):
    """The settings as the program uses them."""

    database_url: str
    owner_url: str
    backup_url: str
    backups: str
    trades: str
    data: str
    pg_bin: str
    key_ring: str
    buckets: int
    host: str
    port: int
    pos_port: int
    tcp_port: int
    gateway_origin: str
    queue_max: int
    batch_max: int
    body_max: int
    replay_window_s: int
    sha1: int
    client_connections: int
    front: str
    outbound_allow: str
    request_ids: int
    metrics: str
    traces: str
    traces_percent: int
    mail_url: str
    mail_from: str
    keep_messages_days: int
    web_port: int
    web_origin: str
    web_proxies: int
    web_idle_s: int
    pay_methods: str
    sms: str
    quiet_hours: str
    reminders_a_day: int


class SettingError(ValueError):
    """A setting has a value that cannot be used."""


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _check_networks(text: str) -> None:
    try:
        networks(text)
    except ValueError as error:
        raise SettingError(f"YIFEN_OUTBOUND_ALLOW: {error}") from None


def _check_place(text: str) -> None:
    if text:
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise SettingError(f"YIFEN_METRICS must be an address and a port, 127.0.0.1:8462, not {text!r}")


FRONTS = ("own", "granian")
SMS_CARRIERS = ("", "aliyun", "tencent")
_HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")


def quiet_hours(text: str) -> frozenset[int]:
    """`21-8` → the hours 21 to 7; `0-0`: none. SettingError, also for a day without any other hour."""
    found = _HOURS.fullmatch(text.strip())
    since, until = (int(found[1]), int(found[2])) if found else (99, 99)
    if since > 23 or until > 24:
        raise SettingError(f"YIFEN_QUIET_HOURS must be two hours of the day, like 21-8, not {text!r}")
    return frozenset(hour % 24 for hour in range(since, until if since <= until else until + 24))


def _check_words(name: str, text: str) -> None:
    if name == "YIFEN_OUTBOUND_ALLOW":
        _check_networks(text)
    if name == "YIFEN_METRICS":
        _check_place(text)
    if name == "YIFEN_FRONT" and text not in FRONTS:
        raise SettingError(f"YIFEN_FRONT must be {' or '.join(FRONTS)}, not {text!r}")
    if name == "YIFEN_QUIET_HOURS" and len(quiet_hours(text)) > 22:
        raise SettingError(f"YIFEN_QUIET_HOURS={text} leaves no hour to send in")
    if name == "YIFEN_SMS" and text not in SMS_CARRIERS:
        raise SettingError(f"YIFEN_SMS must be one of {', '.join(filter(None, SMS_CARRIERS))}, or empty, not {text!r}")


def _check_mail(url: str, whose: str) -> None:
    for name, check, text in ((MAIL_URL, mail_server, url), (MAIL_FROM, sender, whose)):
        if not text and (name == MAIL_URL or not url):
            continue
        try:
            check(text)
        except ValueError as error:
            raise SettingError(f"{name}: {error}") from None


_BOUNDS = {
    "YIFEN_BUCKETS": (1, 1000),
    "YIFEN_PORT": (1, 65535),
    "YIFEN_POS_PORT": (1, 65535),
    "YIFEN_TCP_PORT": (1, 65535),
    "YIFEN_QUEUE_MAX": (1, 1_000_000),
    "YIFEN_BATCH_MAX": (1, 10_000),
    "YIFEN_BODY_MAX": (1024, 16_777_216),
    "YIFEN_REPLAY_WINDOW_S": (1, 86_400),
    "YIFEN_SHA1": (0, 1),
    "YIFEN_REQUEST_IDS": (0, 1),
    "YIFEN_TRACES_PERCENT": (1, 100),
    "YIFEN_CLIENT_CONNECTIONS": (0, 100_000),
    "YIFEN_KEEP_MESSAGES_DAYS": (30, 3650),
    "YIFEN_WEB_PORT": (1, 65535),
    "YIFEN_WEB_PROXIES": (0, 5),
    "YIFEN_WEB_IDLE_S": (60, 86_400),
    "YIFEN_REMINDERS_A_DAY": (1, 50),
}


def read_settings(env: Mapping[str, str] = environ) -> Settings:
    """Read and check all settings; SettingError names the one that is wrong."""
    values: list[str | int] = []
    for setting in SETTINGS:
        text = env.get(setting.name) or setting.default
        if bounds := _BOUNDS.get(setting.name):
            values.append(_whole(setting.name, text, *bounds))
        else:
            values.append(text)
        _check_words(setting.name, text)
    settings = Settings(*values)  # type: ignore[arg-type]
    _check_mail(settings.mail_url, settings.mail_from)
    return settings


def trades_of(env: Mapping[str, str] = environ) -> str:
    """YIFEN_TRADES alone, whatever stands in the others: the commands are read by it."""
    return env.get("YIFEN_TRADES") or next(row.default for row in SETTINGS if row.name == "YIFEN_TRADES")
