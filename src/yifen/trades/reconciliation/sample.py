"""Reconciliation's part of the demo's world: a channel that sends a file of its own, described."""

from yifen.hub.sample import Sample

CHANNEL = "WXPAY"  # sends a file of its own
REMOTE = "GAS01"  # runs a system of its own
LAYOUT = "WXPAY-LINES"
COLUMNS = (
    ("流水号", "serial", "text", ""), ("类型", "kind", "word", "S=sale,V=void"),
    ("金额", "amount", "fen", ""), ("户号", "account_no", "text", ""),
    ("原流水号", "original", "text", ""),
)  # fmt: skip


def prepare(sample: Sample) -> None:
    """The layout of the channel's file, and how both are reconciled."""
    from yifen.trades.reconciliation.models import Layout, LayoutColumn, Profile

    layout = Layout.objects.create(code=LAYOUT, name="微信生活缴费流水", shape="delimited",
                                   delimiter="|", header_lines=1, named=True)  # fmt: skip
    for position, (name, target, kind, words) in enumerate(COLUMNS, 1):
        LayoutColumn.objects.create(layout=layout, position=position, name=name, target=target,
                                    type=kind, words=words)  # fmt: skip
    Profile.objects.create(partner=sample.partners[CHANNEL], party="channel", truth="theirs",
                           format="layout", layout=layout, whole=True)  # fmt: skip
    Profile.objects.create(partner=sample.partners[REMOTE], party="biller", truth="ours")
