"""What the hub brings: the verbs and their functions."""

from yifen.core.facts.plug import Plug, Task

PLUG = Plug(
    name="yifen.hub",
    apps=("yifen.hub.payments",),
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
    tasks=(
        Task("hub.forget", "yifen.hub.payments.forgetting:run", cron="14 * * * *"),
        Task("hub.forget_reads", "yifen.hub.payments.forgetting:run_reads", cron="* * * * *"),
    ),
)  # fmt: skip
