"""The documentation below /docs/: the files of its folder and nothing else, with the pages' own headers."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings

from tests.web import site

HTML, SCRIPT = "<p>说明</p>", "1"
POLICY = ("default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
          " form-action 'self'")  # that of all pages


@pytest.fixture
def folder(place, tmp_path: Path):
    """A site of a few files, and beside it what is none of it."""
    made = tmp_path / "docs"
    (made / "en").mkdir(parents=True)
    (made / "assets").mkdir()
    (made / "index.html").write_text(HTML)
    (made / "en" / "index.html").write_text("<p>in English</p>")
    (made / "assets" / "a.js").write_text(SCRIPT)
    (made / "assets" / "a.key").write_text("a kind that the site has not")
    (tmp_path / "key-ring").write_text("secret")
    (tmp_path / "ring.html").write_text("secret")
    (made / "out.html").symlink_to(tmp_path / "ring.html")
    with override_settings(YIFEN_DOCS=made):
        yield made


def test_nobody_needs_a_login_to_read_and_no_script_but_its_own_is_let_in(folder, place) -> None:
    answer = site.browser().get("/docs/")
    assert (answer.status_code, answer.content.decode()) == (200, HTML)
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert (answer["Content-Security-Policy"], answer["X-Content-Type-Options"]) == (POLICY, "nosniff")
    answer = site.browser().get("/docs/assets/a.js")
    assert (answer.content.decode(), answer["Content-Type"]) == (SCRIPT, "text/javascript; charset=utf-8")
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["Cache-Control"] == "no-cache"


def test_who_reads_english_begins_there_and_may_go_back(folder, place) -> None:
    client = site.browser()
    client.cookies["django_language"] = "en"
    assert client.get("/docs/")["Location"] == "/docs/en/"
    assert client.get("/docs/en/").content == b"<p>in English</p>"
    assert client.get("/docs/index.html").content.decode() == HTML


@pytest.mark.parametrize("name", [
    "../key-ring", "..%2fkey-ring", "../ring.html", "%2e%2e/ring.html", "en/../../ring.html", "out.html",
    "assets/a.key", "assets", "assets/", "nothing.html", "%00.html", "/etc/passwd", "a" * 300 + ".html", "..",
])  # fmt: skip
def test_nothing_else_is_handed_out(folder, place, name: str) -> None:
    answer = site.browser().get(f"/docs/{name}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_only_looking_is_possible(folder, place) -> None:
    assert [site.browser().post(path).status_code for path in ("/docs/", "/docs/index.html")] == [405, 405]
    head = site.browser().head("/docs/index.html")
    assert (head.status_code, head.content) == (200, b"")


def test_what_did_not_change_is_not_sent_again(folder, place) -> None:
    moment = datetime(2026, 11, 1, 8, 0, 0, tzinfo=UTC)
    os.utime(folder / "index.html", (moment.timestamp(), moment.timestamp()))
    client = site.browser()
    first = client.get("/docs/index.html")
    assert first["Last-Modified"] == "Sun, 01 Nov 2026 08:00:00 GMT"
    again = client.get("/docs/index.html", headers={"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")
    later = client.get("/docs/index.html", headers={"If-Modified-Since": "Sun, 01 Nov 2026 07:59:59 GMT"})
    assert later.status_code == 200


def test_before_it_is_built_a_page_tells_the_command_in_both_languages(place, tmp_path: Path) -> None:
    with override_settings(YIFEN_DOCS=tmp_path / "docs"):
        answer = site.browser().get("/docs/")
        assert site.browser().get("/docs/index.html").status_code == 404
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "./yifen docs --site" in told
    assert "文档尚未生成" in told
    assert "The documentation is not built yet" in told


def test_the_way_there_is_in_the_console_and_at_the_door(place) -> None:
    console = site.client_of(place.users["finance"]).get("/console/today/", follow=True)
    assert '<a class="nav-item" href="/docs/">' in console.content.decode()
    assert 'href="/docs/"' in site.browser().get("/sign-in/").content.decode()
