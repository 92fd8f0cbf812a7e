"""The pictures of the documentation, made anew: docs/images, in both languages, of a demo with the same seed.

    PYTHONPATH=src .venv/bin/python -m tests.browser.docs_shots

starts a demo of its own and ends it; beside one that runs, with its YIFEN_DATA. Its days end with today's, so dates and
times differ from run to run; payers, partners, amounts and what happens do not. `--of NAME …` makes those alone.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, PHONE, chromium
from tests.browser.shots import LANGUAGES, sign_in

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DEMO = ["demo", "--seed", "1", "--payments", "1500", "--days", "14"]
UP = "still serving"
PACK = """async ([png, quality]) => {
  const picture = new Image(); picture.src = 'data:image/png;base64,' + png; await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height); canvas.getContext('2d').drawImage(picture, 0, 0);
  const packed = new Uint8Array(await (await canvas.convertToBlob({type: 'image/webp', quality})).arrayBuffer());
  let text = ''; for (const byte of packed) text += String.fromCharCode(byte); return btoa(text);
}"""
QUALITY = 0.82  # of WebP: letters stay sharp, a picture has some 50 KB
Go = Callable[[Page], None]


class Picture(NamedTuple):
    """One of a page: its file's name, whose page (a login of the demo, or nobody's), the way there, its size."""

    name: str
    who: str
    go: Go
    wide: int = 1180
    tall: int = 800


def at(address: str) -> Go:
    """The page of this address."""
    return lambda page: opened(page, address)


def row(address: str, link: str, at: int = 0) -> Go:
    """From a list to the row at this place, of those whose link looks so."""

    def go(page: Page) -> None:
        opened(page, address)
        found = [one.get_attribute("href") or "" for one in page.locator("#list tbody a").all()]
        opened(page, [to for to in found if re.search(link, to)][at])

    return go


def opened(page: Page, address: str) -> None:
    page.goto(address, wait_until="load")
    page.wait_for_timeout(500 if page.locator("[data-chart]").count() else 100)


def account_of(biller: str) -> str:
    """One that owes something, of those that the demo told."""
    told = re.search(rf"(\w+) at {biller}", TOLD[-1])
    assert told, "the demo names an account of each biller"
    return told[1]


TOLD: list[str] = []  # what the demo said


def bills(page: Page) -> None:
    """A payer's bills."""
    opened(page, f"/q/POWER01/{account_of('POWER01')}")


def paid(page: Page) -> None:
    """Bills of the first who still owes, after paying them on a phone: once in each language."""
    for biller in ("HEAT01", "PROP01"):
        opened(page, f"/q/{biller}/{account_of(biller)}")
        if (button := page.locator(".payer-bar button")).count():
            break
    button.click()
    page.wait_for_url("**/cashier/**")
    page.locator("main form button").first.click()
    page.locator(".payer-result.is-ok").wait_for()


def collecting(page: Page) -> None:
    """A teller's screen before the money is taken; the shift is open, or is opened."""
    opened(page, "/desk/4640/")
    if not page.locator("main .alert").count():
        page.locator("#work input:visible").first.fill("500.00")
        page.locator("[data-key=F5]").click()
        page.wait_for_load_state()
        if page.locator("[name=supervisor]").count():  # with what was counted last no supervisor is needed
            left = re.search(r"\(([0-9,.]+)\)", page.locator("main .alert").first.inner_text())
            assert left is not None
            page.locator("#work input:visible").first.fill(left[1])
            page.locator("[data-key=F5]").click()
            page.wait_for_load_state()
    opened(page, "/desk/4623/")
    page.fill("[name=account_no]", account_of("POWER01"))
    page.press("[name=account_no]", "Enter")
    page.wait_for_load_state()
    page.wait_for_timeout(300)


def calculated(page: Page) -> None:
    """What an agreement takes of a day."""
    opened(page, "/console/agreements/1/")
    page.fill("#agreement_form [name=amount]", "800000")
    page.wait_for_timeout(1000)


def registered(page: Page) -> None:
    """A partner who is on his way in; and a change of one who is live, for somebody else to decide on."""
    opened(page, "/console/partners/NEWAPP/")
    if page.locator("main h1", has_text="新城银行").count():
        return
    opened(page, "/console/partners/new/?kind=channel")
    page.fill("[name=code]", "NEWAPP")
    page.fill("[name=name]", "新城银行")
    page.select_option("[name=institution]", index=1)
    page.click("main button.button-primary")
    page.wait_for_url("**/partners/NEWAPP/")
    opened(page, "/console/partners/POS/edit/")
    page.fill("[name=payment_fen_max]", "3000.00")
    page.fill("[name=closes_at]", "22:00")
    page.fill("[name=opens_at]", "06:00")
    page.click("main button.button-primary")
    page.wait_for_load_state()
    opened(page, "/console/partners/NEWAPP/")


PICTURES = (
    Picture("sign-in", "", at("/sign-in/"), 900, 560),
    Picture("payer-home", "", at("/"), 390, 760),
    Picture("payer-account", "", bills, 390, 760),
    Picture("payer-paid", "", paid, 390, 760),
    Picture("desk-collect", "96010101-001", collecting, 1180, 720),
    Picture("today", "clearing", at("/console/today/"), 1180, 820),
    Picture("overview", "clearing", at("/console/"), 1180, 1000),
    Picture("search", "audit", at("/console/search/?find=青溪"), 1180, 700),
    Picture("payment", "audit", row("/console/payments/?biller_state=reversed", r"/payments/\d+/$"), 1180, 900),
    Picture("partner", "admin", registered, 1180, 760),
    Picture("proposal", "admin2", row("/console/proposals/", r"/proposals/\d+/$"), 1180, 760),
    Picture("night", "clearing", row("/console/day-ends/?closed=closed", r"/day-ends/\d+/"), 1180, 960),
    Picture("reconciliation", "clearing", row("/console/reconciliations/?partner=1", r"/reconciliations/\d+/$")),
    Picture("difference", "clearing", row("/console/differences/?state=closed", r"/differences/\d+/$"), 1180, 900),
    Picture("settlement", "clearing", row("/console/settlements/?biller=6", r"/settlements/\d+/$")),
    Picture("payout", "clearing", row("/console/payouts/", r"/payouts/\d+/$")),
    Picture("agreement", "clearing", calculated, 1366, 860),
    Picture("audit", "audit", row("/console/audit/?q=POS", r"/audit/\d+/$")),
)


def photograph(
    browsers: dict[str, Browser], place: str, login: dict[str, str] | None, pictures: list[Picture]
) -> Iterator[str]:
    """These pictures, of one person, in both languages: what each is called and how large it became."""
    context = browsers["zh"].new_context(base_url=place)
    if login:
        sign_in(context, login)
    state = context.storage_state()
    context.close()
    for language, browser in browsers.items():
        (told, locale), packer = LANGUAGES[language], browser.new_page()
        for picture in pictures:
            shown = browser.new_context(base_url=place, storage_state=state, locale=locale, color_scheme="light",
                                        reduced_motion="reduce", user_agent=PHONE if picture.wide < 600 else None,
                                        viewport={"width": picture.wide, "height": picture.tall})  # fmt: skip
            shown.add_cookies([{"name": "django_language", "value": told, "url": place}])
            page = shown.new_page()
            picture.go(page)
            packed = packer.evaluate(PACK, [b64encode(page.screenshot()).decode(), QUALITY])
            file = IMAGES / f"{picture.name}.{language}.webp"
            file.write_bytes(b64decode(packed))
            shown.close()
            yield f"{file.name} {file.stat().st_size:,}"
        packer.close()


@contextmanager
def demo(log: Path | None) -> Iterator[Path]:
    """The folder of a demo that is up: the one whose log this is, or one of our own."""
    if log:
        TOLD.append(log.read_text())
        yield Path(os.environ["YIFEN_DATA"]) / "demo"
        return
    with TemporaryDirectory(prefix="yifen-shots-") as folder:
        env = os.environ | {"YIFEN_DATA": folder, "PYTHONPATH": "src"}
        process = subprocess.Popen([sys.executable, "-m", "yifen", *DEMO], env=env, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if UP in line:
                break
        TOLD.append("".join(said))
        try:
            yield Path(folder) / "demo"
        finally:
            process.terminate()
            process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", nargs="*", metavar="NAME", choices=[one.name for one in PICTURES], help="these alone")
    parser.add_argument("--beside", type=Path, metavar="LOG", help="what a running demo wrote; YIFEN_DATA is its")
    args = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    with demo(args.beside) as folder, sync_playwright() as play:
        place = f"http://127.0.0.1:{(folder / 'web.port').read_text().strip()}"
        browsers = {  # fields of dates are in the language of the browser, not of the page
            language: play.chromium.launch(executable_path=chromium(), args=FLAGS,
                                            env=os.environ | {"LANGUAGE": locale.replace("-", "_")})
            for language, (_, locale) in LANGUAGES.items()
        }
        for login in (None, *json.loads((folder / "logins.json").read_text())):
            who = login["login"] if login else ""
            chosen = [one for one in PICTURES if one.who == who and one.name in (args.of or [one.name])]
            for line in photograph(browsers, place, login, chosen) if chosen else ():
                print(line)
        for browser in browsers.values():
            browser.close()


if __name__ == "__main__":
    main()
