"""Which process calls which function of cards, once more: what its plug grants is held to it."""

from yifen.core.facts.processes import NIGHT, WEB, WORKER

CALLED = {
    WEB: {
        "cards_ask_v1", "cards_catalogue_against_v1", "cards_catalogue_v1", "cards_confirm_v1", "cards_contact_v1",
        "cards_day_v1", "cards_deputed_claims_v1", "cards_deputy_against_v1", "cards_deputy_end_v1", "cards_deputy_v1",
        "cards_exemptions_v1", "cards_file_v1", "cards_hit_v1", "cards_issuer_against_v1",
        "cards_issuer_v1", "cards_items_v1", "cards_keep_watch_v1", "cards_late_v1", "cards_lent_v1",
        "cards_level_v1", "cards_mark_v1", "cards_mine_v1", "cards_my_hits_v1", "cards_paper_v1", "cards_pays_v1",
        "cards_queries_v1", "cards_query_v1", "cards_settle_row_v1", "cards_shown_v1", "cards_sign_v1",
        "cards_stood_v1", "cards_try_v1", "cards_undo_v1", "cards_waive_decide_v1", "cards_waive_v1",
        "cards_watch_against_v1", "cards_watch_rule_v1", "cards_watch_try_v1", "cards_withdraw_v1",
    },
    WORKER: {
        "cards_asking_v1", "cards_day_v1", "cards_leavers_v1", "cards_noticed_v1", "cards_notices_v1",
        "cards_reference_v1", "cards_take_v1", "cards_unanswered_v1", "cards_untaken_v1",
    },
    NIGHT: {"cards_to_watch_v1", "cards_watch_v1", "cards_watched_v1"},
}  # fmt: skip
