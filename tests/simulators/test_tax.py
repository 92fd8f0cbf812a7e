"""`./yifen sim tax`, spoken to by the hub's own port."""

import os
import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from yifen.core.wire.keys import Key
from yifen.core.wire.tax_port import InvoiceOrder, SheetOrder, TaxLine
from yifen.trades.invoices.electronic.port import TaxPort
from yifen.trades.invoices.electronic.rules import IssuedNumber

ROOT = Path(__file__).parents[2]
KEY = Key(partner="TAX01", version=1, algorithm="hmac-sha256", secret=b"a secret of 20 bytes")
LINE = TaxLine(1, "1100101020200000000", "供电", "电费", 130, False, 11_300, 10_000, 1_300)
SELLER = "91350100M000100Y43"
BLUE = InvoiceOrder("E1000-1", "blue", SELLER, "欧阳小明", "", "", (LINE,), 11_300, 1_300)


def clock() -> datetime:
    return datetime.now(UTC)


def test_the_command_serves_an_invoice_its_sheet_and_the_red_one_and_lists_them() -> None:
    command = [sys.executable, "-m", "yifen", "sim", "tax", "--port", "0", "--key", KEY.secret.decode(),
               "--script", "ok,ok,buyer"]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"TAX01 listens on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert found is not None
            port = TaxPort(found[1], KEY, clock, 5)
            assert port.query("E1000-1", False, 11_300).state == "not_found"
            blue = port.ask(BLUE)
            assert (blue.state, blue.number and len(blue.number)) == ("2", 20)
            assert port.ask(BLUE).state == "duplicate"
            assert port.query("E1000-1", False, 11_300) == blue
            sheet = port.ask(SheetOrder("S1000-1", SELLER, blue.number or "", "01", (LINE,), 11_300, 1_300))
            assert sheet.state == "02"
            with urllib.request.urlopen(urllib.request.Request(f"{found[1]}/confirm/S1000-1", method="POST")) as said:  # noqa: S310
                assert said.status == 200
            sheet = port.query("S1000-1", True, 11_300)
            assert sheet.state == "04"
            red = port.ask(InvoiceOrder("R1000-1", "red", SELLER, "欧阳小明", "", "", (LINE,), 11_300, 1_300,
                                        blue.number or "", sheet.sheet_no or ""))  # fmt: skip
            assert red.issued_at is not None
            rows = port.day(SELLER, red.issued_at.date())
            assert rows == [IssuedNumber(blue.number or "", "blue", 11_300),
                            IssuedNumber(red.number or "", "red", 11_300)]  # fmt: skip
        finally:
            process.terminate()
