"""What is read of the plugs before a process begins its work: a sentence names the plug and the thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import Any

import psycopg

from yifen.core.plugs import PlugError, plugs


def check_tasks() -> None:
    """The clocks of all tasks. PlugError."""
    from croniter import croniter  # the gateway's processes need none

    for plug in plugs():
        for task in plug.tasks:
            if task.cron and not croniter.is_valid(task.cron):
                raise PlugError(f"the task {task.name} of {plug.name} has no cron expression: {task.cron!r}")


def check_tables(conn: psycopg.Connection[Any]) -> None:
    """The tables and functions that the plugs name are there. PlugError."""
    for plug in plugs():
        for kind, names in (("table", [table.name for table in plug.tables]),
                            ("document table", plug.documents),
                            ("function", list(plug.functions))):  # fmt: skip
            read = "to_regproc" if kind == "function" else "to_regclass"
            for name in names:
                if conn.execute(f"SELECT {read}(%s) IS NULL", [name]).fetchone() == (True,):
                    raise PlugError(f"the {kind} {name} of {plug.name} does not exist")


def set_up() -> None:
    """Django, with the apps of the plugs. PlugError: one of them cannot be read."""
    import django
    from django.apps import AppConfig

    for plug in plugs():
        for app in plug.apps:
            try:
                AppConfig.create(app)
            except Exception as error:  # whatever stands in its modules
                raise PlugError(f"the app {app} of {plug.name} cannot be read: {error}") from error
    with naming("apps"):
        django.setup()


@contextmanager
def naming(things: str) -> Iterator[None]:
    """A fault while modules are read becomes a PlugError that names their plug."""
    try:
        yield
    except PlugError:
        raise
    except Exception as error:
        raise PlugError(f"the {things} of {owner(error) or 'the plugs'} cannot be read: {error}") from error


def owner(error: BaseException) -> str:
    """The plug whose module was being read, the innermost; empty: none was."""
    read = [
        frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)
        if frame.f_code.co_name == "<module>"
    ]  # fmt: skip
    if isinstance(error, SyntaxError) and error.filename:  # its module never ran
        read.append(error.filename.removesuffix(".py").replace("/", "."))
    found = [plug.name for name in read for plug in plugs() if f".{plug.name}." in f".{name}."]
    return found[-1] if found else ""
