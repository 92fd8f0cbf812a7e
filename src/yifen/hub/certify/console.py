"""A report on the console, as a table of rich."""

from rich.markup import escape
from rich.table import Table

from yifen.hub.certify.report import Finding, Report

MARKS = {"pass": "[green]通过 pass[/]", "fail": "[bold red]不通过 fail[/]",
         "not_run": "[yellow]未执行 not run[/]"}  # fmt: skip


def table_of(report: Report) -> Table:
    """One row a clause; where it did not pass, what was expected and what was seen."""
    table = Table(title=f"{report.subject} · {report.dialect}", title_justify="left")
    table.add_column("", no_wrap=True)
    table.add_column("条款 clause", ratio=2)
    table.add_column("结论 verdict", no_wrap=True)
    table.add_column("实测 seen", ratio=3)
    for finding in report.clauses:
        table.add_row(finding.id, f"{escape(finding.title_zh)} [dim]{escape(finding.title_en)}[/]",
                      MARKS[finding.verdict], escape(seen(finding)))  # fmt: skip
    return table


def seen(finding: Finding) -> str:
    """What matters of it."""
    if finding.verdict == "pass":
        return finding.steps
    expected = f"要求 expected: {finding.expected_zh} / {finding.expected_en}"
    return "\n".join(filter(None, (finding.seen_zh, finding.seen_en, expected, finding.steps)))


def last_words(report: Report) -> str:
    """The counts and the note, in one line each."""
    return (f"通过 passed {report.passed}, 不通过 failed {report.failed}, "
            f"未执行 not run {report.not_run}, {report.seconds:.1f} s\n"
            f"{report.note_zh} {report.note_en}")  # fmt: skip


def plain(done: int, total: int, finding: Finding) -> str:
    """A line of progress where there is no terminal."""
    return f"[{done}/{total}] {finding.id} {finding.verdict}  {finding.title_zh} {finding.title_en}"
