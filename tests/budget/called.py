"""Which process calls which function of budget, once more: what its plug grants is held to it."""

from yifen.core.facts.processes import NIGHT, WEB, WORKER

CALLED = {
    WEB: {
        "budget_above_v1", "budget_below_v1", "budget_clock_v1", "budget_grant_rows_v1", "budget_grant_v1",
        "budget_grants_against_v1", "budget_keep_rule_v1", "budget_levels_v1", "budget_list_against_v1",
        "budget_match_v1", "budget_me_v1", "budget_money_against_v1", "budget_post_rows_v1",
        "budget_posts_against_v1", "budget_quota_against_v1", "budget_quota_v1", "budget_reach_v1",
        "budget_rule_against_v1", "budget_rule_v1", "budget_sees_v1", "budget_servant_v1", "budget_take_list_v1",
        "budget_today_v1", "budget_unit_rows_v1", "budget_units_against_v1", "budget_who_v1",
        "budget_year_end_figures_v1", "budget_year_end_v1",
    },
    WORKER: {
        "budget_above_v1", "budget_below_v1", "budget_clock_v1", "budget_rule_v1", "budget_sees_v1",
        "budget_servant_v1", "budget_today_v1",
    },
    NIGHT: {
        "budget_clock_v1",
    },
}  # fmt: skip
