"""Photographs of every page of a running demo: both languages, both themes, a desk's width and a phone's.

`YIFEN_DATA=… PYTHONPATH=src .venv/bin/python -m tests.browser.shots FOLDER [--of ROUTE …] [--as zh-light-1366 …]`
beside `YIFEN_DATA=… ./yifen demo`. A page a route, for the first of the demo's people whose links lead there, as
FOLDER/zh-light-1366/partner.png; FOLDER/zh-light-1366.00.png shows many, tall ones cut into columns.
"""

import argparse
import json
import os
import re
from base64 import b32decode
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import people
from tests.browser.conftest import FLAGS, chromium

LANGUAGES = {"zh": ("zh-hans", "zh-CN"), "en": ("en", "en-GB")}  # the page's, the browser's
LOOKS = {"-".join(map(str, one)): one for one in product(LANGUAGES, ("light", "dark"), (1366, 390))}
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
NO_PAGE = frozenset({"", "sign_out", "set_language", "set_theme"})
SLICE, SLICES_MAX = {1366: (780, 700, 4), 390: (312, 1400, 5)}, 3  # of a sheet: wide, high, how many
SHEET = """<style>body{display:flex;flex-wrap:wrap;gap:8px;margin:0;background:#999}p{margin:0}
b{background:#fd0;font:12px sans-serif;position:relative;top:-2px}</style>"""


def route_of(address: str) -> str:
    from django.urls import Resolver404, resolve

    try:
        return resolve(address.split("?")[0]).url_name or ""
    except Resolver404:
        return ""


def without_arguments() -> list[str]:
    """The addresses that need no link to be known."""
    from django.urls import reverse

    from tests.web.doors_table import ARGUMENTS
    from tests.web.test_doors import routes

    return [reverse(route.name) for route in routes() if route.name not in ARGUMENTS]


def reached(context: BrowserContext) -> dict[str, str]:
    """A page a route that links lead this person to, the nearest: its address."""
    waiting, found, passed = ["/", *without_arguments()], dict[str, str](), set(NO_PAGE)
    for address in waiting:
        if (route := route_of(address)) in passed:
            continue
        answer = context.request.get(address, max_redirects=0)
        if answer.status == 200:  # else another of the route may be his
            passed.add(route)
            if answer.headers.get("content-type", "").startswith("text/html"):
                found[route] = address
                waiting += [link.replace("&amp;", "&") for link in LINK.findall(answer.text())]
    return found


def sign_in(context: BrowserContext, login: dict[str, str]) -> None:
    page = context.new_page()
    page.goto("/sign-in/")
    people.fill_in(page, login["login"], login["password"], people.digits(b32decode(login["secret"]).hex()))
    page.wait_for_url(lambda url: "sign-in" not in url)


def photograph(browser: Browser, place: str, state: Any, pages: dict[str, str], look: str, folder: Path) -> None:
    """These pages, by route, in one look; what does not fit its width is told."""
    (_, theme, width), (told, locale) = LOOKS[look], LANGUAGES[look[:2]]
    context = browser.new_context(base_url=place, storage_state=state, viewport={"width": width, "height": 844},
                                  color_scheme=theme, locale=locale, reduced_motion="reduce")  # fmt: skip
    context.add_cookies([{"name": "django_language", "value": told, "url": place}])
    page = context.new_page()
    for route, address in pages.items():
        page.goto(address, wait_until="load")
        page.wait_for_timeout(400 if page.locator("[data-chart]").count() else 50)
        page.screenshot(path=folder / look / f"{route}.png", full_page=True)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            print(f"{look} {route} {address}: {over} px too wide")
    context.close()


def sheets(browser: Browser, look: str, folder: Path) -> None:
    """Many on one picture."""
    wide, high, many = SLICE[LOOKS[look][2]]
    page, cut = browser.new_page(viewport={"width": 1600, "height": 900}), list[str]()
    for file in sorted((folder / look).glob("*.png")):
        size = file.read_bytes()[16:24]  # as a PNG has it: width, height
        tall = int.from_bytes(size[4:]) * wide / int.from_bytes(size[:4])
        cut += [f'<p style="width:{wide}px;height:{high}px;background:url({file.as_uri()}) 0 -{n * high}px/{wide}px'
                f' no-repeat"><b>{file.stem} {n or ""}</b>'
                for n in range(min(SLICES_MAX, int(tall // high) + 1))]  # fmt: skip
    for number, first in enumerate(range(0, len(cut), many)):
        (sheet := folder / "sheet.html").write_text(SHEET + "".join(cut[first : first + many]))
        page.goto(sheet.as_uri())
        page.screenshot(path=folder / f"{look}.{number:02}.png", full_page=True)
        sheet.unlink()
    page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--of", nargs="*", metavar="ROUTE", help="these routes (default: all)")
    parser.add_argument("--as", nargs="*", metavar="LOOK", default=list(LOOKS), choices=LOOKS, dest="looks",
                        help=f"of {', '.join(LOOKS)} (default: all)")  # fmt: skip
    args = parser.parse_args()
    demo, folder, seen = Path(os.environ["YIFEN_DATA"]) / "demo", args.folder.resolve(), set[str]()
    place = f"http://127.0.0.1:{(demo / 'web.port').read_text().strip()}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yifen.project.settings")
    import django

    django.setup()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        for login in (None, *json.loads((demo / "logins.json").read_text())):
            context = browser.new_context(base_url=place)
            if login:
                sign_in(context, login)
            pages = {route: at for route, at in reached(context).items() if route not in seen}
            seen |= set(pages)
            for look in args.looks:
                shown = {route: at for route, at in pages.items() if not args.of or route in args.of}
                photograph(browser, place, context.storage_state(), shown, look, folder)
            context.close()
        for look in args.looks:
            sheets(browser, look, folder)
        browser.close()


if __name__ == "__main__":
    main()
