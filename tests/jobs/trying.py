"""Tasks for the runner's tests; what they did stands in DONE."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier

from yifen.core.facts.plug import ASKED, Task

DONE: Counter[str] = Counter()
TOGETHER = Barrier(2)
HERE = "tests.jobs.trying"


def good(ending: Callable[[], bool], number: int = 0) -> None:
    DONE[f"good {number}"] += 1


def bad(ending: Callable[[], bool], number: int = 0) -> None:
    DONE["bad"] += 1
    raise ValueError("secret")


def told(number: int = 0) -> None:
    DONE[f"given up {number}"] += 1


def breaks(number: int = 0) -> None:
    """Told of its end, it breaks its transaction."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def together(ending: Callable[[], bool]) -> None:
    """Fails unless another one runs at the same time."""
    TOGETHER.wait(1)


GOOD = Task("test.good", f"{HERE}:good", queue=ASKED)
BAD = Task("test.bad", f"{HERE}:bad", queue=ASKED, retries=2, given_up=f"{HERE}:told")
BREAKS = Task("test.breaks", f"{HERE}:bad", queue=ASKED, given_up=f"{HERE}:breaks")
TOGETHER_TASK = Task("test.together", f"{HERE}:together", queue=ASKED)
ALONE = Task("test.alone", f"{HERE}:together", queue=ASKED, alone=True)
CLOCKED = Task("test.clocked", f"{HERE}:good", cron="* * * * * *", alone=True)
TASKS = (GOOD, BAD, BREAKS, TOGETHER_TASK, ALONE, CLOCKED)
