"""What the processes log: JSON lines, and no local variables in tracebacks."""

import json
import logging

import pytest
import structlog

from yifen.core.facts import logs


def test_a_fault_is_one_json_line_without_local_variables(capsys):
    secret = "6222021234567890"
    logs.configure()
    try:
        try:
            raise ValueError("no")
        except ValueError:
            structlog.get_logger().exception("a request failed", path="/xml/v1/charge")
    finally:
        structlog.reset_defaults()
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["path"]) == (
        "a request failed", "error", "/xml/v1/charge",
    )  # fmt: skip
    assert line["exception"].endswith("ValueError: no")
    assert secret not in line["exception"]


def test_the_row_that_postgresql_refused_is_not_logged(capsys):
    said = "null value in column x\nDETAIL:  Failing row contains (7, argon2$hash).\nCONTEXT:  SQL (argon2$hash)"
    logs.configure()
    try:
        try:
            raise ValueError(said)
        except ValueError:
            structlog.get_logger().exception("a request failed")
    finally:
        structlog.reset_defaults()
    line = json.loads(capsys.readouterr().err)
    assert "argon2" not in line["exception"]
    assert line["exception"].endswith("null value in column x\nDETAIL: (not logged)\nCONTEXT: (not logged)")


@pytest.fixture
def lines(capsys):
    """What stands in the log; afterwards all is as it was."""
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()
    logging.getLogger().handlers = [h for h in logging.getLogger().handlers if not isinstance(h, logs.LibraryLines)]
    logging.getLogger("django.request").setLevel(logging.NOTSET)


def test_what_libraries_say_is_a_json_line_too(lines):
    logs.configure()
    try:
        raise ValueError("no\nDETAIL:  Failing row contains (7, argon2$hash).")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/x/")
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("Internal Server Error: /x/", "error", "django.request")
    assert line["exception"].endswith("ValueError: no\nDETAIL: (not logged)")


def test_an_address_that_is_not_there_and_a_caller_who_left_are_no_events(lines):
    logs.configure()
    logging.getLogger("django.request").warning("Not Found: /nope/")
    logging.getLogger("_granian.asgi").error('ASGI transport error: "Closed(..)"')
    assert lines() == []


def test_the_servers_own_lines_go_there(lines):
    logs.configure()
    name = logs.OF_LIBRARIES["handlers"]["lines"]["class"]
    assert name == f"{logs.LibraryLines.__module__}.{logs.LibraryLines.__qualname__}"
    logs.LibraryLines().emit(logging.LogRecord("_granian", logging.INFO, "", 1, "Listening at: %s", ("x",), None))
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("Listening at: x", "info", "_granian")
