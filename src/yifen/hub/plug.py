"""What the hub brings: the verbs and their functions."""

from yifen.core.facts.plug import Plug, Table, Task, Watch

PLUG = Plug(
    name="yifen.hub",
    apps=("yifen.hub.payments",),
    tables=(
        Table("daily_file", write=False, watch=Watch()),
    ),
    internal_functions=(
        "payments_charge_items_v1",
        "payments_charge_limits_v1",
        "payments_charge_lines_v1",
        "payments_contra_v1",
        "payments_contra_strict_v1",
        "payments_pairs_v1",
        "payments_resolve_pending_v1",
        "payments_return_items_v1",
    ),
    verify=("yifen.hub.payments.proof:altered",),
    tasks=(
        Task("hub.forget", "yifen.hub.payments.forgetting:run", cron="14 * * * *"),
    ),
)  # fmt: skip
