"""Which process calls which function of treasury, once more: what its plug grants is held to it."""

from yifen.core.facts.processes import WEB, WORKER

CALLED = {
    WEB: {
        "treasury_agree_v1", "treasury_ask_again_v1", "treasury_ask_return_v1", "treasury_carried_v1",
        "treasury_decide_return_v1", "treasury_end_against_v1", "treasury_end_v1", "treasury_keep_rule_v1",
        "treasury_make_v1", "treasury_print_v1", "treasury_returnable_v1", "treasury_rule_against_v1",
        "treasury_rule_v1", "treasury_unwritten_v1",
    },
    WORKER: {
        "treasury_back_v1", "treasury_refuse_v1", "treasury_unsendable_v1", "treasury_check_v1",
        "treasury_clear_v1", "treasury_fit_quota_v1", "treasury_fit_v1",
        "treasury_rejected_v1", "treasury_rule_v1", "treasury_send_v1", "treasury_take_quota_v1", "treasury_told_v1",
        "treasury_unsure_v1",
    },
}  # fmt: skip
