"""`./yifen test --near`: the tests that a change could break first, by wing and trade.

A change in a trade is near its own tests and those of the wings above; one in face near all pages;
one in core or hub near everything. What is cheap and holds the whole together always runs.
"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALWAYS = ("test_tidy.py", "trade/", "unit/", "docs/test_references.py", "web/test_texts.py", "web/test_style.py")
PAGES = ("browser/", "console/", "web/", "desk/", "payer/", "access/", "onboarding/")
NIGHT = ("endofday/", "reports/", "console/test_dayend.py")
# What lies below which folder of the source, the longest first, is near these tests.
PLACES: dict[str, tuple[str, ...]] = {
    "trades/agency/": ("agency/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/arrears/": ("arrears/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/billing/": ("billing/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/bills/": ("bills/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/budget/": ("budget/", "cards/", "treasury/", "access/test_second.py", "console/test_every_list.py",
                       "web/test_doors.py"),
    "trades/cards/": ("cards/", "treasury/", "access/test_second.py", "console/test_every_list.py",
                      "web/test_doors.py"),
    "trades/cases/": ("cases/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/collection/": ("collection/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/connector/": ("connector/", "remote/", "access/test_second.py", "console/test_every_list.py",
                          "web/test_doors.py"),
    "trades/counter/": ("counter/", "desk/", "web/test_doors.py"),
    "trades/debits/": ("debits/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/deductions/": ("deductions/", "chargebacks/", "access/test_second.py", "web/test_doors.py"),
    "trades/heating/": ("heating/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/invoices/": ("invoices/", "counter/", "desk/", "access/test_second.py", "console/test_every_list.py",
                         "documents/test_invoice.py", "web/test_doors.py"),
    "trades/mandates/": ("mandates/", "debits/", "access/test_second.py", "console/test_every_list.py",
                         "web/test_doors.py"),
    "trades/orders/": ("checkout/", "payer/", "browser/test_payer.py", "web/test_doors.py"),
    "trades/figures/": ("figures/", "console/test_every_list.py", "web/test_doors.py"),
    "trades/onboarding/": ("onboarding/", "certify/", "browser/test_onboarding.py", "web/test_doors.py"),
    "trades/pipes/": ("pipes/", "mail/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/reconciliation/": ("reconciliation/", "chargebacks/", "readers/", "repair/", "cli/test_reconcile.py",
                               "console/test_reconciliation.py", "web/test_doors.py", *NIGHT),
    "trades/reminders/": ("reminders/", "messages/", "browser/test_reminders.py", "payer/", "web/test_doors.py"),
    "trades/settlement/": ("settlement/", "console/test_settlement.py", "web/test_doors.py", *NIGHT),
    "trades/treasury/": ("treasury/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "trades/visits/": ("visits/", "access/test_second.py", "console/test_every_list.py", "web/test_doors.py"),
    "night/": (*NIGHT, "cli/test_cut.py", "web/test_doors.py"),
    "face/": (*PAGES, *NIGHT),
    "tools/backup/": ("backup/", "cli/test_doctor.py", "ops/"),
    "tools/": ("cli/", "test_demo.py", "torture/test_demo_day.py", "test_bench.py", "docs/"),
    "project/": (*PAGES, "torture/test_demo_day.py"),
}  # fmt: skip


def changed() -> list[str]:
    """What differs from the last commit, new files too; where nothing does, what it changed itself."""
    def listed(*command: str) -> list[str]:
        done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.split()

    now = listed("diff", "--name-only", "HEAD") + listed("ls-files", "--others", "--exclude-standard")
    return now or listed("diff", "--name-only", "HEAD~1", "HEAD")


def near(paths: list[str]) -> tuple[str, ...] | None:
    """Beginnings of paths below `tests`; None: everything is near."""
    found = set(ALWAYS)
    for path in paths:
        if path.startswith("src/yifen/"):
            inside = path.removeprefix("src/yifen/")
            places = next((tests for place, tests in PLACES.items() if inside.startswith(place)), None)
            if places is None:  # core, hub, or what nobody foresaw
                return None
            found.update(places)
        elif path.startswith("tests/"):
            name = path.removeprefix("tests/")
            alone = name.count("/") == 0 or Path(name).name == "conftest.py"
            if alone and not Path(name).name.startswith("test_"):
                return None
            is_test = Path(name).name.startswith("test_")
            found.add(name if is_test else name.rpartition("/")[0] + "/")
        elif path in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            return None
        elif path.startswith("ops/"):
            found.add("ops/")
        elif path.endswith(".md"):
            found.add("docs/")
    return tuple(sorted(found))
