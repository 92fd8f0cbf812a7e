"""How a job stands, for the page of whoever waits for it."""

import json
from enum import StrEnum
from typing import Any

from django.db import connection

from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.gauges import DEAD_AFTER_S

_STANDING_SQL = queries(__package__)["standing"]


class JobStanding(StrEnum):
    """What became of a job."""

    WAITING = "waiting"  # for its turn
    UNATTENDED = "unattended"  # no worker runs: it is done once one does
    RUNNING = "running"
    GONE = "gone"  # it is over, or never was


def standing(task: str, **arguments: Any) -> JobStanding:
    """Of the job of this task with these arguments. Read the job's own row after this: what a job
    has to tell it writes before it is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING_SQL, (task, json.dumps(arguments), DEAD_AFTER_S))
        status, attended = cursor.fetchone()
    if status is None:
        return JobStanding.GONE
    if not attended:
        return JobStanding.UNATTENDED
    return JobStanding.RUNNING if status == "doing" else JobStanding.WAITING
