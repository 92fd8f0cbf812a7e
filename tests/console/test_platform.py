"""The settings page: everything that is set, nothing that is secret."""

import os
from urllib.parse import urlsplit

from tests.console.pages import Page
from tests.web import site
from yifen.core.connecting import LINE, django_of
from yifen.core.facts.settings import SETTINGS


def test_every_setting_is_shown_and_no_secret(place):
    page = Page(site.client_of(place.users["platform_admin"]), "/console/settings/")
    rows = {row[0]: row[1:] for row in page.table(0)}
    assert list(rows) == [setting.name for setting in SETTINGS]
    assert rows["YIFEN_BUCKETS"][:2] == ["1", "1"]
    assert rows["YIFEN_KEY_RING"][0] == "已设置，不显示"
    address = urlsplit(place.database.app_url)
    assert rows["YIFEN_DATABASE_URL"][0] == f"127.0.0.1:{address.port}{address.path}"
    text = page.answer.content.decode()
    assert address.password not in text
    assert os.environ["YIFEN_KEY_RING"].partition(":")[2] not in text


def test_an_address_is_taken_whole_and_shown_without_its_secret():
    from yifen.face.platform.views import shown

    several = "postgresql://web:p%40ss@db1:5432,db2:5433/yifen?sslmode=verify-full&target_session_attrs=read-write"
    assert django_of(several) == {
        "NAME": "yifen", "USER": "web", "PASSWORD": "p@ss", "HOST": "db1,db2", "PORT": "5432,5433",
        "OPTIONS": {**LINE, "sslmode": "verify-full", "target_session_attrs": "read-write"},
    }  # fmt: skip
    assert shown("YIFEN_DATABASE_URL", several) == "db1:5432,db2:5433/yifen"
    assert shown("YIFEN_BACKUP_URL", "postgresql://b:word@db1/yifen") == "db1:5432/yifen"


def test_of_the_mail_server_neither_user_nor_password_is_shown():
    from yifen.face.platform.views import shown

    assert shown("YIFEN_MAIL_URL", "smtps://yifen:secret@mail.example.cn") == "smtps://mail.example.cn"
    assert shown("YIFEN_MAIL_URL", "") == "—"


def test_partners_with_sha1_are_shown_as_legacy(place):
    from yifen.core.partners.models import Partner

    Partner.objects.filter(code="POWER02").update(xml=False)
    page = Page(site.client_of(place.users["platform_admin"]), "/console/settings/")
    rows = {row[0]: row for row in page.table(1)}
    assert rows["WX01"] == ["WX01", "单位WX01", "0", "旧式"]
    assert "POWER02" not in rows


def test_the_versions_and_the_size_are_there(place):
    from django import get_version

    page = Page(site.client_of(place.users["platform_admin"]), "/console/settings/")
    assert page.facts()["Django"] == get_version()
    assert "数据库大小" in page.text
