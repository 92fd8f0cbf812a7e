"""What the hub brings: the verbs and their functions."""

from yifen.core.facts.plug import NightStep, Plug, Proves, SealedColumn, Table, Task, Text, Watch
from yifen.core.facts.processes import EVERYONE, GATEWAY, NIGHT, WEB, WORKER
from yifen.hub.codes import PartnerCode
from yifen.hub.corebank.bring import (
    CORE_ACTS,
    CORE_FUNCTIONS,
    CORE_GRANTS,
    CORE_TABLES,
    CORE_TASKS,
    CORE_TERMS,
)
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.measures import ALERTS, METRICS
from yifen.hub.payments.events import FILES, PAYMENTS
from yifen.hub.pos.bring import (
    POS_ACTS,
    POS_FUNCTIONS,
    POS_GRANTS,
    POS_READS,
    POS_TABLES,
    POS_TERMS,
)
from yifen.hub.pos.codes import PosCode
from yifen.hub.tcp.bring import TCP_ACTS, TCP_FUNCTIONS, TCP_GRANTS, TCP_TABLES, TCP_TERMS
from yifen.hub.tcp.codes import TcpCode

PLUG = Plug(
    name="yifen.hub",
    apps=("yifen.hub.payments", "yifen.hub.corebank", "yifen.hub.pos", "yifen.hub.tcp"),
    codes=(PartnerCode, CoreCode, PosCode, TcpCode),
    metrics=METRICS,
    alerts=ALERTS,
    gauges=("yifen.hub.measured.gauges:read",),
    terms={
        "biller_settled": Text("收费单位已结算日", "Settled day of a biller"),
        "refund_claim": Text("退款追偿", "Refund that a biller owes"),
        "by_claim": Text("由追偿结清", "Settled by a claim"),
        **CORE_TERMS,
        **POS_TERMS,
        **TCP_TERMS,
    },
    tables=(
        Table("biller_settled", writes=(), watch=Watch()),
        Table("daily_file", writes=(), watch=Watch()),
        Table("payable_archived", writes=()),
        Table("payer", writes=(), sealed=(SealedColumn(
            "name", "concat_ws(':', 'payer', r.biller_id, r.account_no)",
            again="yifen.hub.payments.names:again"),)),
        Table("refund_claim", writes=(), watch=Watch(ignored=("paid_fen",))),
        *CORE_TABLES,
        *POS_TABLES,
        *TCP_TABLES,
    ),
    reads=POS_READS,
    functions={
        "payments_add_file_part_v1": (NIGHT,),
        "payments_analyze_v1": (WORKER,),
        "payments_back_parts_v1": (WEB,),
        "payments_begin_partition_v1": (WORKER,),
        "payments_biller_result_v1": EVERYONE,
        "payments_bound_v1": EVERYONE,
        "payments_charge_v1": EVERYONE,
        "payments_claim_read_v1": (GATEWAY,),
        "payments_claim_resend_v1": (WORKER,),
        "payments_close_file_v1": (NIGHT,),
        "payments_forget_messages_v1": (WORKER,),
        "payments_forget_quotes_v1": (WORKER,),
        "payments_forget_reads_v1": (WORKER,),
        "payments_figure_day_v1": (NIGHT,),
        "payments_figures_of_v1": (WEB, WORKER),
        "payments_forget_traffic_v1": (WORKER,),
        "payments_fresh_v1": EVERYONE,
        "payments_gives_v1": (WEB, WORKER, NIGHT),
        "payments_import_reply_v1": EVERYONE,
        "payments_pairs_v1": EVERYONE,
        "payments_held_v1": (WEB,),
        "payments_refuses_v1": (WEB,),
        "payments_sole_v1": (WEB,),
        "payments_is_closed_v1": (WEB,),
        "payments_keep_messages_v1": EVERYONE,
        "payments_keep_read_v1": (GATEWAY,),
        "payments_may_return_v1": (WEB,),
        "payments_note_traffic_v1": EVERYONE,
        "payments_paid_mark_v1": EVERYONE,
        "payments_quote_v1": EVERYONE,
        "payments_return_v1": EVERYONE,
        "payments_take_calls_v1": (WORKER,),
        "payments_traffic_day_v1": (NIGHT,),
        "payments_traffic_of_v1": (WEB, WORKER),
        **CORE_FUNCTIONS,
        **POS_FUNCTIONS,
        **TCP_FUNCTIONS,
    },
    permissions=CORE_GRANTS + POS_GRANTS + TCP_GRANTS,
    second=CORE_ACTS + POS_ACTS + TCP_ACTS,
    documents=("refund_claim",),
    events=(PAYMENTS, FILES),
    proves=(
        Proves("payment", Text("缴费", "payments"), "amount_fen"),
        Proves("payment_return", Text("退回", "returns"), "amount_fen"),
        Proves("core_move", Text("核心记账", "moves at cores"), "amount_fen"),
        Proves("pos_sale", Text("POS 交易", "POS sales"), "amount_fen", "state = 'booked'"),
    ),
    verify=("yifen.hub.payments.proof:altered", "yifen.hub.payments.archive.proving:altered",
            "yifen.hub.payments.figures.keeping:altered", "yifen.hub.corebank.proof:altered",
            "yifen.hub.pos.proof:altered"),
    gaps=("yifen.hub.pos.gaps:gaps",),
    night=(
        NightStep("figures", "cut", "yifen.hub.payments.figures.keeping:keep", Text("当日统计", "figures of the day")),
        NightStep("core_moves", "files", "yifen.hub.corebank.night:look", Text("核心记账流水", "moves at the cores")),
    ),
    tasks=(
        Task("hub.forget", "yifen.hub.payments.forgetting:run", cron="14 * * * *"),
        Task("hub.forget_reads", "yifen.hub.payments.forgetting:run_reads", cron="* * * * *"),
        Task("hub.partition", "yifen.hub.payments.partitioning:run", cron="3 * * * *", alone=True),
        *CORE_TASKS,
    ),
)  # fmt: skip
