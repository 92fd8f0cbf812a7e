"""A report as one HTML file: no scripts, nothing fetched, both languages, made to be printed."""

from html import escape

from yifen.hub.certify.report import Finding, Report

WORDS = {"pass": "通过 pass", "fail": "不通过 fail", "not_run": "未执行 not run"}
KINDS = {"biller": "收费单位 biller", "channel": "渠道 channel"}
STYLE = """
:root { --ink: #1d2733; --soft: #5b6675; --line: #dde2e8; --paper: #fff; --head: #f4f6f8;
  --good: #1b6b3a; --bad: #b3261e; --idle: #6b5900; }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1.5rem; color: var(--ink);
  background: var(--paper); font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
.about, .note { color: var(--soft); margin: 0 0 1rem; }
.sum { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; margin: 1rem 0;
  padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--good); }
.sum.fail { border-left-color: var(--bad); }
.sum b { font-size: 1.15rem; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .45rem .5rem;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { background: var(--head); font-weight: 600; }
col.id { width: 3.6rem; } col.title { width: 21%; } col.verdict { width: 5.6rem; }
col.expected { width: 23%; } col.s { width: 3.8rem; }
.en { display: block; color: var(--soft); font-size: .88em; }
.source { color: var(--soft); font-size: .8em; border: 1px solid var(--line); border-radius: 3px;
  padding: 0 .3em; white-space: nowrap; }
.steps { display: block; font: .84em/1.6 ui-monospace, Consolas, monospace; color: var(--soft); }
.steps span { display: inline-block; margin-right: .9em; }
a { color: inherit; }
.s { text-align: right; font-variant-numeric: tabular-nums; }
.v { font-weight: 600; } .v .en { font-weight: 400; color: inherit; }
.pass .v { color: var(--good); } .fail .v { color: var(--bad); } .not_run .v { color: var(--idle); }
.fail td { background: #fdf3f2; }
@page { size: A4 landscape; margin: 12mm; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 10px; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""
HEADS = (("id", "编号", "id"), ("title", "条款", "clause"), ("verdict", "结论", "verdict"),
         ("expected", "要求", "expected"), ("seen", "实测", "seen"), ("s", "秒", "s"))  # fmt: skip


def both(zh: str, en: str) -> str:
    """Chinese, English below; one line where they are the same."""
    other = f'<span class="en" lang="en">{escape(en)}</span>' if en != zh else ""
    return f"{escape(zh)}{other}"


def line(finding: Finding) -> str:
    """One clause."""
    verdict = both(*WORDS[finding.verdict].split(" ", 1))
    why = both(finding.seen_zh, finding.seen_en)
    steps = " ".join(f"<span>{escape(s)}</span>" for s in finding.steps.split(" · ") if s)
    cells = (
        f"<td>{escape(finding.id)}</td>",
        f"<td>{both(finding.title_zh, finding.title_en)}"
        f'<span class="source">{escape(finding.source)}</span></td>',
        f'<td class="v">{verdict}</td>',
        f"<td>{both(finding.expected_zh, finding.expected_en)}</td>",
        f'<td class="seen">{why}<span class="steps">{steps}</span></td>',
        f'<td class="s">{finding.seconds:.2f}</td>',
    )
    return f'<tr id="{escape(finding.id)}" class="{finding.verdict}">{"".join(cells)}</tr>'


def summary(report: Report) -> str:
    """The verdict of the whole, and the counts."""
    ok = "全部通过 All passed" if report.ok else "有条款未执行 Some were not run"
    if report.failed:
        ok = "有条款不通过 Some failed"
    counts = (("通过 passed", report.passed), ("不通过 failed", report.failed),
              ("未执行 not run", report.not_run))  # fmt: skip
    cells = "".join(f"<span>{words} <b>{count}</b></span>" for words, count in counts)
    bad = [finding.id for finding in report.clauses if finding.verdict == "fail"]
    links = " ".join(f'<a href="#{escape(id)}">{escape(id)}</a>' for id in bad)
    return f'<div class="sum{"" if report.ok else " fail"}"><b>{ok}</b>{cells}<span>{links}</span></div>'


def html_page(report: Report) -> str:
    """The whole file."""
    title = f"一致性测试报告 Conformance report: {report.subject}"
    about = (f"{KINDS[report.kind]} {report.subject} · {report.dialect} · "
             f"{report.began_at:%Y-%m-%d %H:%M:%S %z} · {report.seconds:.1f} s")  # fmt: skip
    columns = "".join(f'<col class="{name}">' for name, _, _ in HEADS)
    heads = "".join(f'<th class="{name}">{both(zh, en)}</th>' for name, zh, en in HEADS)
    rows = "\n".join(line(finding) for finding in report.clauses)
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p class="about">{escape(about)}</p>
{summary(report)}
<p class="note">{both(report.note_zh, report.note_en)}</p>
<table>
<colgroup>{columns}</colgroup>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""
