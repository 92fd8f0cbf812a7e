"""What the processes log: JSON lines, and no local variables in tracebacks."""

import json

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
