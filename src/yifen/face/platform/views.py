"""The settings 配置 as this process reads them, versions, sizes, and who still signs with SHA-1."""

import platform
from typing import Any
from urllib.parse import urlsplit

import django
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yifen import __version__
from yifen.core.access.doors import allow
from yifen.core.access.edge import now
from yifen.core.connecting import django_of
from yifen.core.facts.settings import SETTINGS, read_settings

Shown = dict[str, Any]
SECRET_WORDS = ("KEY", "SECRET", "PASSWORD", "TOKEN")
ADDRESSES = frozenset({"YIFEN_DATABASE_URL", "YIFEN_OWNER_URL", "YIFEN_BACKUP_URL"})
LEGACY = """
SELECT p.code, p.name, p.suspended, count(k.id) FILTER (
    WHERE k.valid_from <= %(now)s AND (k.valid_until IS NULL OR k.valid_until > %(now)s))
FROM partner p LEFT JOIN partner_key k ON k.partner_id = p.id AND k.algorithm = 'sha1'
WHERE p.xml GROUP BY p.id ORDER BY p.code"""
DATABASE = """
SELECT current_setting('server_version'), pg_database_size(current_database()),
    current_database(), current_user, now()"""


@allow("settings.view")
def settings(request: HttpRequest) -> HttpResponse:
    """Read only; secrets are never shown."""
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        version, size, name, role, at = cursor.fetchone()
        cursor.execute(LEGACY, {"now": now()})
        legacy = cursor.fetchall()
    return render(request, "console/settings.html", {
        "settings": settings_table(request.LANGUAGE_CODE or ""),
        "legacy": legacy_table(legacy),
        "software": [
            {"title": "Yifen", "kind": "code", "text": __version__},
            {"title": "Python", "kind": "code", "text": platform.python_version()},
            {"title": "Django", "kind": "code", "text": django.get_version()},
            {"title": "PostgreSQL", "kind": "code", "text": version},
        ],
        "server": [
            {"title": _("服务器时间"), "kind": "time", "at": now()},
            {"title": _("数据库时间"), "kind": "time", "at": at},
            {"title": _("数据库"), "kind": "code", "text": name},
            {"title": _("数据库角色"), "kind": "code", "text": role},
        ],
        "size": size,
    })  # fmt: skip


def settings_table(language: str) -> Shown:
    """Every setting, its value, what it means."""
    values = read_settings()._asdict()
    rows = [
        {"cells": [
            {"kind": "code", "text": setting.name},
            {"kind": "code", "text": shown(setting.name, values[field_of(setting.name)])},
            {"kind": "code", "text": setting.default or "—"},
            {"text": with_code(setting.meaning_zh if language.startswith("zh") else setting.meaning)},
        ]}
        for setting in SETTINGS
    ]  # fmt: skip
    heads = (_("名称"), _("当前值"), _("默认值"), _("含义"))
    return {"columns": [{"title": title} for title in heads], "rows": rows}


def with_code(text: str) -> SafeString:
    """What stands between backticks as code."""
    shown = (format_html("<code>{}</code>", part) if place % 2 else part for place, part in enumerate(text.split("`")))
    return format_html_join("", "{}", ((part,) for part in shown))


def field_of(name: str) -> str:
    """YIFEN_QUEUE_MAX → queue_max, the field of Settings."""
    return name.removeprefix("YIFEN_").lower()


def shown(name: str, value: Any) -> str:
    """A setting's value; of an address neither user nor password, of a secret nothing."""
    if not value and value != 0:
        return "—"
    if name in ADDRESSES:
        parts = django_of(str(value))
        hosts, ports = parts["HOST"].split(","), parts["PORT"].split(",")
        named = ",".join(f"{host}:{port}" for host, port in zip(hosts, ports * len(hosts), strict=False))
        return f"{named}/{parts['NAME']}"
    if name == "YIFEN_MAIL_URL":
        mail = urlsplit(str(value))
        return f"{mail.scheme}://{mail.hostname or ''}{f':{mail.port}' if mail.port else ''}"
    return _("已设置，不显示") if any(word in name for word in SECRET_WORDS) else str(value)


def legacy_table(found: list[Any]) -> Shown:
    """Partners that may use XML with SHA-1 (H2)."""
    rows = [
        {"cells": [
            {"kind": "code", "text": code},
            {"text": name},
            {"kind": "num", "text": keys},
            {"kind": "badge", "text": _("已停用"), "tone": "neutral"} if suspended
            else {"kind": "badge", "text": _("旧式"), "tone": "waiting"},
        ]}
        for code, name, suspended, keys in found
    ]  # fmt: skip
    return {"columns": [{"title": _("合作方")}, {"title": _("名称")},
                        {"title": _("有效 SHA-1 密钥"), "kind": "num"}, {"title": _("报文方式")}],
            "rows": rows}  # fmt: skip
