"""Each process has a role of its own, with exactly what it needs; what none needs is the owner's."""

import psycopg
import pytest
from psycopg import errors

from tests.budget.called import CALLED as BUDGET
from tests.cards.called import CALLED as CARDS
from tests.conftest import NewDatabase
from tests.treasury.called import CALLED as TREASURY
from tests.world import DAY, Database, World
from yifen.core import grants, schema
from yifen.core.facts.processes import EVERYONE, GATEWAY, INSIDE, NIGHT, POS, WEB, WORKER

VERBS = {
    "payments_biller_result_v1", "payments_charge_v1", "payments_fresh_v1", "payments_import_reply_v1",
    "payments_keep_messages_v1", "payments_note_traffic_v1", "payments_paid_mark_v1",
    "payments_pairs_v1", "payments_quote_v1", "payments_return_v1", "payments_bound_v1",
}  # fmt: skip
LIVING = {"process_sign_v1"}
FIGURES = {"payments_figures_of_v1", "payments_traffic_of_v1"}
TELLING = {"audit_append_v1", "ledger_chart_v1", "ledger_code_v1", "recon_compared_v1",
           "recon_day_whole_v1", "recon_difference_v1", "recon_digest_v1", "recon_line_v1",
           "recon_lines_v1", "recon_missing_v1", "recon_slots_v1",
           "procrastinate_defer_jobs_v1"}  # fmt: skip
WORKING = {
    "procrastinate_cancel_job_v1", "procrastinate_defer_periodic_job_v2",
    "procrastinate_fetch_job_v2", "procrastinate_finish_job_v1",
    "procrastinate_prune_stalled_workers_v1", "procrastinate_register_worker_v1",
    "procrastinate_retry_job_v2", "procrastinate_unregister_worker_v1",
    "procrastinate_update_heartbeat_v1",
}  # fmt: skip
DEDUCTED = {"deduction_all_back_v1", "deduction_answered_v1", "deduction_booked_v1", "deduction_give_up_v1",
            "deduction_giver_v1", "deduction_said_v1", "payments_gives_v1"}  # fmt: skip
MOVED = {"corebank_ask_undo_v1", "corebank_ask_v1", "corebank_of_v1", "corebank_owes_v1", "corebank_said_v1",
         "corebank_sending_v1", "corebank_unknown_v1", "corebank_unread_v1"}  # fmt: skip
FOLLOWED = {"agency_below_v1", "agency_charge_follow_v1", "agency_cheque_follow_v1", "agency_deposit_follow_v1",
            "agency_sweep_follow_v1"}  # fmt: skip
CHARGED_BACK = {"recon_chargeback_serial_v1", "recon_is_chargeback_v1", "recon_left_v1"}
TERMINALS = {"pos_ask_v1", "pos_end_v1", "pos_give_back_v1", "pos_half_v1", "pos_proved_v1", "pos_reverse_v1",
             "pos_settle_v1", "pos_signed_on_v1", "pos_upload_v1", "pos_uploaded_v1"}  # fmt: skip
CALLS = {
    POS: VERBS | LIVING | TERMINALS,
    GATEWAY: VERBS | LIVING | {"payments_claim_read_v1", "payments_keep_read_v1", "tcp_away_v1", "tcp_noticed_v1"},
    WEB: VERBS | LIVING | TELLING | FIGURES | DEDUCTED | MOVED | FOLLOWED | CHARGED_BACK | {
        "cases_back_v1", "cases_claim_v1", "cases_close_v1", "cases_due_v1",
        "cases_explain_against_v1", "cases_explain_v1", "cases_keep_rule_v1", "cases_link_v1",
        "cases_merge_v1",
        "cases_next_account_v1", "cases_numbers_v1", "cases_open_v1", "cases_payee_v1", "cases_recall_v1",
        "cases_reopen_v1",
        "cases_line_of_v1", "cases_room_v1", "cases_send_back_v1",
        "cases_correct_v1", "cases_link_against_v1", "cases_unlink_v1",
        "cases_rows_v1", "cases_rule_against_v1", "cases_rule_v1", "cases_statement_against_v1",
        "cases_statement_v1", "cases_today_v1", "cases_unclaim_v1", "cases_unclaimed_v1",
        "cases_apply_v1", "cases_court_payee_v1", "cases_free_v1", "cases_hold_v1", "cases_judge_v1",
        "cases_party_paid_v1", "cases_party_v1", "cases_payee_fits_v1", "cases_elsewhere_v1", "cases_plan_fee_left_v1",
        "cases_plan_v1",
        "cases_refundable_v1",
        "cases_release_v1", "cases_share_v1", "cases_shown_v1", "cases_sign_v1", "cases_stays_v1", "cases_withdraw_v1",
        "cases_colour_v1", "cases_due_but_v1", "cases_pause_against_v1", "cases_pause_end_v1", "cases_pause_v1",
        "cases_since_v1", "cases_served_v1",
        "agency_admission_v1", "agency_charge_ask_v1", "agency_charge_back_v1", "agency_cheque_accept_v1",
        "agency_deposit_ask_v1", "agency_deposit_back_v1", "agency_merchant_v1", "agency_owed_v1", "agency_present_v1",
        "agency_return_v1", "agency_session_v1", "agency_session_open_v1", "agency_collects_v1", "counter_left_v1",
        "agency_charge_refuses_v1", "agency_slip_add_v1",
        "agency_slip_v1", "invoices_ask_own_v1", "agency_stands_v1", "payments_refuses_v1",
        "corebank_bank_v1", "corebank_close_v1", "corebank_pair_v1",
        "pos_acquirer_v1", "pos_close_v1", "pos_terminal_v1", "tcp_line_v1",
        "deduction_ask_v1", "deduction_outside_v1", "deduction_port_v1",
        "recon_chargeback_v1", "recon_chargeback_outside_v1",
        "billing_freeze_v1", "billing_late_of_v1", "billing_late_rule_v1", "billing_waive_v1",
        "billing_bound_v1", "billing_cycle_on_v1", "billing_months_v1", "billing_rate_v1", "billing_try_v1",
        "access_begin_v1", "access_seen_v1",
        "access_keep_v1", "bills_pieces_v1", "access_password_v1", "payout_again_v1",
        "checkout_answered_v1", "checkout_charge_v1", "recon_end_v1", "recon_ends_v1", "recon_outside_v1",
        "recon_rests_v1", "recon_stands_v1", "recon_withdraw_v1",
        "payout_decided_v1", "payout_results_v1", "eod_book_v1", "access_in_use_v1", "access_institution_v1",
        "checkout_method_v1", "notifications_carrier_v1", "notifications_template_v1",
        "recon_own_v1", "recon_part_v1", "recon_release_v1", "recon_whole_v1",
        "access_move_unfit_v1", "access_move_v1", "access_next_number_v1", "access_stays_v1",
        "audit_noted_v1", "audit_number_before_v1", "ledger_open_kind_v1",
        "onboarding_open_sandbox_v1", "onboarding_trial_bills_v1", "settlement_unproved_v1", "settlement_whole_v1",
        "settlement_workday_v1",
        "access_decide_v1",
        "access_lapsed_v1", "access_may_decide_v1", "access_may_v1", "access_own_v1", "access_person_v1",
        "access_propose_v1",
        "access_settled_v1", "access_theirs_v1",
        "access_bound_v1", "onboarding_bound_v1", "recon_bound_v1", "recon_final_v1", "settlement_bound_v1",
        "access_shut_v1", "access_sign_v1", "access_withdraw_v1", "partners_alone_v1",
        "pipes_alone_v1", "pipes_bound_v1",
        "billing_accept_v1", "billing_contract_v1", "billing_estimate_v1", "billing_pieces_v1", "billing_read_v1",
        "billing_make_usage_v1", "billing_swap_v1", "billing_arrears_v1", "billing_contact_v1", "billing_take_over_v1",
        "billing_adjust_v1", "billing_anew_v1", "billing_begin_v1", "billing_cancel_v1", "billing_correct_v1",
        "billing_drop_v1", "billing_figures_v1",
        "billing_missing_v1", "billing_open_v1", "billing_past_v1",
        "billing_moved_v1", "payments_back_parts_v1", "payments_may_return_v1",
        "billing_estimable_v1", "billing_estimate_all_v1", "billing_late_lines_v1", "billing_read_file_v1",
        "billing_reading_rows_v1",
        "billing_unsell_v1", "billing_vending_v1",
        "visits_assign_v1", "visits_done_v1", "visits_give_up_v1", "visits_goer_v1", "visits_in_use_v1",
        "visits_new_v1",
        "payments_is_closed_v1",
        "figures_cost_v1", "figures_drop_v1", "figures_folder_v1", "figures_keep_v1", "figures_schedule_v1",
        "figures_unschedule_v1",
        "billing_billed_v1",
        "heating_again_v1", "heating_against_v1", "heating_ask_v1", "heating_basic_v1", "heating_building_v1",
        "heating_charge_v1", "heating_check_v1", "heating_decide_v1", "heating_decide_against_v1", "heating_doors_v1",
        "heating_mark_v1", "heating_paper_v1", "heating_permille_v1", "heating_season_v1",
        "heating_season_against_v1", "heating_today_v1",
        "heating_unpaid_v1", "heating_warm_v1", "heating_withdraw_v1",
        "heating_file_against_v1", "heating_file_take_v1", "heating_is_spared_v1",
        "heating_spare_v1", "heating_warm_visits_v1",
        "invoices_count_v1", "invoices_destroy_v1", "invoices_end_v1", "invoices_give_v1", "invoices_kind_v1",
        "invoices_mark_v1", "invoices_may_print_v1", "invoices_next_v1", "invoices_print_v1", "invoices_receive_v1",
        "invoices_again_v1", "invoices_ask_v1", "invoices_drop_v1", "invoices_issuer_v1", "invoices_may_issue_v1",
        "payments_held_v1", "payments_sole_v1",
        "billing_write_off_v1", "arrears_against_rule_v1", "arrears_call_v1", "arrears_clock_v1",
        "arrears_collector_v1",
        "arrears_cut_again_v1", "arrears_cut_v1", "arrears_dispute_v1", "arrears_hold_state_v1", "arrears_letters_v1",
        "arrears_disputed_v1", "arrears_look_v1", "arrears_may_collect_v1", "arrears_office_v1",
        "arrears_next_v1", "arrears_plan_v1", "arrears_promise_v1", "arrears_reprint_v1", "arrears_rule_of_v1",
        "arrears_rule_v1", "arrears_serve_v1", "arrears_settle_v1", "arrears_today_v1",
    },
    WORKER: VERBS | LIVING | TELLING | FIGURES | WORKING | DEDUCTED | MOVED | FOLLOWED | {
        "cases_refundable_v1", "cases_rule_v1", "cases_send_v1", "cases_signed_v1", "cases_today_v1", "cases_told_v1",
        "cases_unsure_v1",
        "cases_follow_v1", "cases_next_account_v1", "cases_open_asked_v1", "cases_push_v1",
        "cases_colour_v1", "cases_due_but_v1", "cases_due_v1", "cases_notify_v1", "cases_report_v1",
        "cases_mail_next_v1", "cases_mailed_v1",
        "cases_line_of_v1", "cases_reports_due_v1", "cases_since_v1",
        "cases_unclaimed_v1",
        "corebank_due_v1", "counter_counted_v1", "desk_cash_v1", "access_moves_due_v1", "settlement_workday_v1",
        "pos_due_v1", "pos_end_v1", "pos_half_v1",
        "invoices_due_v1", "invoices_said_v1", "invoices_sending_v1", "invoices_unknown_v1",
        "arrears_again_v1", "arrears_claim_v1", "arrears_refresh_v1", "arrears_sent_v1", "arrears_skip_calls_v1",
        "deduction_due_v1", "recon_chargeback_serial_v1", "recon_is_chargeback_v1", "recon_left_v1",
        "console_due_exports_v1",
        "audit_noted_v1", "audit_number_before_v1", "billing_estimate_piece_v1",
        "billing_import_v1", "billing_usage_v1", "bills_import_v1",
        "billing_book_v1", "billing_counted_v1", "billing_make_v1", "billing_outliers_v1", "billing_publish_v1",
        "billing_recharged_v1", "billing_sell_v1", "billing_take_token_v1", "billing_token_v1", "billing_unsold_v1",
        "checkout_answered_v1", "checkout_charge_v1",
        "figures_due_v1", "figures_forget_v1", "figures_mailed_v1", "figures_made_v1",
        "figures_sent_v1", "figures_tell_v1",
        "payments_analyze_v1", "payments_begin_partition_v1", "payments_claim_resend_v1",
        "payments_forget_messages_v1", "payments_forget_quotes_v1", "payments_forget_reads_v1",
        "payments_forget_traffic_v1", "payments_take_calls_v1", "pipes_alone_v1",
    },
    NIGHT: VERBS | LIVING | TELLING | WORKING | MOVED | FOLLOWED | CHARGED_BACK | {
        "cases_refundable_v1", "cases_signed_v1", "pos_compare_v1", "pos_file_v1",
        "agency_short_v1", "agency_stands_v1", "agency_sweep_ask_v1",
        "deduction_all_back_v1", "deduction_giver_v1", "payments_gives_v1", "recon_chargeback_follow_v1",
        "billing_book_v1",
        "payments_figure_day_v1", "payments_traffic_day_v1",
        "commission_true_up_v1", "ledger_cut_day_v1", "payments_add_file_part_v1",
        "payments_close_file_v1", "payout_answered_v1", "payout_file_v1", "payout_instruct_v1",
        "payout_resend_v1", "payout_shown_v1", "payout_take_asked_v1", "payout_take_v1",
        "receipt_arrived_v1", "receipt_expect_v1", "recon_part_v1", "recon_run_v1", "recon_stands_v1",
        "recon_suspend_v1", "recon_whole_v1", "settlement_open_v1",
        "settlement_settle_v1", "settlement_unproved_v1",
    },
}  # fmt: skip
JOBS = {"procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers",
        "procrastinate_workers"}  # fmt: skip
FILES = {"recon_act", "recon_file", "recon_file_part", "recon_pack", "recon_row", "recon_text"}
BILLS = {"bill_file", "bill_file_part", "bill_row", "billing_file", "billing_file_part", "billing_row",
         "payout_result"}  # fmt: skip
PRICES = {"billing_limit", "billing_part", "billing_price"}
ORDERS = {"checkout_order", "checkout_phone_check", "checkout_rate", "checkout_simulated_refund",
          "checkout_simulated_trade"}  # fmt: skip
ASKED = {"conformance_run", "console_books_check", "django_session", "notification"}
REMINDED = {"reminder_mail_check", "reminder_person"}
EXPORT = "console_export"  # a page asks, the worker says how far it is
KEPT = {  # no row of them is ever removed
    "console_export",
    "access_user", "admission", "agreement", "bank", "biller", "billing_fee", "channel", "channel_kind_rule",
    "checkout_order", "checkout_part", "conformance_run", "counter_core", "counter_entry", "counter_shift",
    "counter_voucher",
    "institution", "partner", "partner_key", "daily_statement", "eod_run", "eod_step", "pipe", "reminder",
    "reminder_choice",
}  # fmt: skip
MASTER = {
    "access_user", "access_user_role", "admission", "agreement",
    "agreement_tier", "access_authenticator", "access_passkey", "access_recovery_code", "bank",
    "biller", "biller_error_code", "biller_outage", "billing_fee", "calendar_day",
    "channel", "channel_kind_rule", "checkout_binding", "checkout_holder", "console_saved_view",
    "console_standing_export", "counter_core", "counter_entry", "counter_shift", "counter_voucher", "institution",
    "merchant",
    "merchant_split", "partner",
    "partner_key", "payee", "pipe", "recon_layout", "recon_layout_column", "recon_policy",
    "recon_profile",
}  # fmt: skip
TRIES = "access_tries"
PIPES = {"pipe_cursor", "pipe_delivery", "pipe_event", "pipe_fetched", "pipe_look", "pipe_try"}  # pages write no event
NIGHTS = {"daily_statement", "eod_run", "eod_step"}
ADDS = {
    GATEWAY: set(), POS: set(),
    WEB: MASTER | ORDERS | ASKED | FILES | BILLS | PRICES | REMINDED
        | {"budget_list", "card_word", "court_file", "court_file_body", "court_ask", "court_list", "court_push",
           "court_row", "heating_file", "heating_file_body",
           "reminder_choice", "checkout_answer", "procrastinate_events", "procrastinate_jobs", TRIES, EXPORT},
    WORKER: ORDERS | ASKED | JOBS | PIPES | REMINDED
        | {"card_word", "reminder", "reminder_biller", "checkout_answer", TRIES},
    NIGHT: NIGHTS | JOBS | FILES | {"checkout_answer_proved", "deduction_answer_proved"},
}
CHANGES = {
    GATEWAY: set(), POS: set(),
    WEB: MASTER | ORDERS | ASKED | REMINDED | {"reminder", "reminder_choice", "checkout_part", "pipe_delivery", TRIES,
        EXPORT},
    WORKER: ORDERS | ASKED | JOBS | PIPES | REMINDED
        | {"pipe", "reminder", "reminder_biller", "reminder_choice", "checkout_part", "counter_entry", TRIES, EXPORT},
    NIGHT: NIGHTS | JOBS | {"recon_item"},
}
FACTORS = {"access_authenticator", "access_passkey", "access_recovery_code"}
SIGN_IN = FACTORS | {TRIES, "django_session"}
HALF = {"access_user": {"password", "session_key"}}
CARRIER = {"message_carrier": {"sealed"}}
VENDING = {"billing_vending": {"sealed"}, "invoice_electronic": {"buyer_sealed"}, "invoice_issuer": {"sealed"}}
CORES = {"core_bank": {"sealed"}, "core_key": {"sealed"}}  # the night moves money at the cores
PHOTOS = {"visit_photo": {"body"}, "heating_paper": {"body"}, "mandate_paper": {"body"}, "collection_paper": {"body"},
          "court_party": {"name"},
          "court_list": {"body"},
          "court_payee": {"account_no", "account_name"}, "budget_list": {"body"}}
PAPER = {"card_paper": {"body"}}  # who verifies reads them
SAID = {"card": {"lookup", "number"}, "card_word": {"body"}}  # the worker takes them in and pays the cards
CARD = SAID | {"treasury_word": {"body"}, "card_contact": {"phone"}, "treasury_refused": {"body"}}
SWIPES = {"card_swipe", "card_mark", "card_query"}  # a page sees its own by its session's function alone
CARDS_ALL = SWIPES | {"card_" + name for name in (
    "bureau", "issuer", "word_end", "word_row", "word_agreed", "place", "event", "official", "official_swipe", "handed",
    "waiver", "item", "exemption", "invoice", "claim", "claim_line", "signature", "repayment", "entry", "hit", "notice",
    "watch_rule", "watch_run", "deputy", "refund_part")}  # fmt: skip
PAYEES = {"court_payee"}  # the worker tells banks where case money goes
PARTIES = {"court_party"}  # a court's lists are exported with their parties' names
LINES = {"pos_session": {"sealed", "next_sealed"}}
MASTERS = {"pos_acquirer": {"sealed"}, "pos_terminal": {"sealed"}}
WORDS = {"pos_acquirer_key": {"sealed"}}  # who verifies reads them
SOME = {GATEWAY: CARD | PAPER | WORDS | LINES | MASTERS | HALF | CARRIER | VENDING | CORES | PHOTOS
            | {"pay_method": {"sealed"}},
        NIGHT: CARD | WORDS | HALF | CARRIER | VENDING | PHOTOS | LINES | MASTERS, WEB: LINES | WORDS | CARD,
        WORKER: {name: columns for name, columns in PHOTOS.items() if name not in PAYEES | PARTIES}}
# the night reads what pay methods signed
TOLD = {"court_mail", "notification", "reminder_mail_check", "reminder_person"}
UNSEEN = {GATEWAY: SIGN_IN | PIPES | TOLD | CARDS_ALL | {"pipe"}, WEB: SWIPES | {"card_hit", "card_refund_part"},
          WORKER: FACTORS | {"card_handed"},
          NIGHT: SIGN_IN | PIPES | TOLD | {"pipe", "card_handed"}}
TABLES = """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p', 'v')"""


def names(conn: psycopg.Connection[tuple[str]], statement: str) -> set[str]:
    return {name for (name,) in conn.execute(statement)}


@pytest.mark.parametrize("role", EVERYONE)
def test_a_process_calls_exactly_these_functions(shared_database: Database, role: str) -> None:
    with psycopg.connect(shared_database.url(role)) as conn:
        may = names(conn, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                          " AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)"
                          " AND has_function_privilege(oid, 'EXECUTE')")  # fmt: skip
        steps = names(conn, "SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype AND"
                            " pronamespace = 'public'::regnamespace AND"
                            " has_function_privilege(oid, 'EXECUTE')")  # fmt: skip
    called = CALLS[role].union(*(trade.get(role, set()) for trade in (BUDGET, CARDS, TREASURY)))
    assert (may, steps) == (called, set())


@pytest.mark.parametrize("role", EVERYONE)
def test_a_process_writes_exactly_these_tables(shared_database: Database, role: str) -> None:
    with psycopg.connect(shared_database.url(role)) as conn:
        def may(right: str) -> set[str]:
            return names(conn, f"{TABLES} AND has_table_privilege(oid, '{right}')")

        changes = names(conn, f"{TABLES} AND has_any_column_privilege(oid, 'UPDATE')")
        found = (may("INSERT"), changes, may("DELETE"))
        assert found == (ADDS[role], CHANGES[role],
                         ((ADDS[role] & CHANGES[role]) - KEPT) | (JOBS & CHANGES[role]))  # fmt: skip
        assert may("TRUNCATE") | may("REFERENCES") | may("TRIGGER") == set()


def test_the_door_of_terminals_reads_what_it_needs_and_nothing_else(shared_database: Database) -> None:
    with psycopg.connect(shared_database.url(POS)) as conn:
        assert names(conn, f"{TABLES} AND has_any_column_privilege(oid, 'SELECT')") == {
            "biller", "biller_error_code", "biller_outage", "channel", "ledger_head", "master_version", "partner",
            "partner_key", "payable", "payer", "payment", "payment_serial",
            "pos_acquirer", "pos_batch", "pos_sale", "pos_session", "pos_terminal", "pos_undo",
            "connector_mapping", "connector_source", "tcp_line"}  # fmt: skip


@pytest.mark.parametrize("role", INSIDE)
def test_what_lets_somebody_in_is_read_by_who_needs_it(shared_database: Database, role: str) -> None:
    with psycopg.connect(shared_database.url(role)) as conn:
        blind = names(conn, f"{TABLES} AND NOT has_any_column_privilege(oid, 'SELECT')")
        half: dict[str, set[str]] = {}
        for table, column in conn.execute(
            "SELECT relname, attname::text FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND"
            " attnum > 0 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')"
            " AND NOT attisdropped AND has_any_column_privilege(c.oid, 'SELECT')"
            " AND NOT has_column_privilege(c.oid, attnum, 'SELECT')"
        ):
            half.setdefault(table, set()).add(column)
    assert (blind, half) == (UNSEEN[role], SOME[role])


@pytest.mark.parametrize("role", EVERYONE)
def test_a_process_has_no_temporary_tables_and_belongs_to_nobody_else(
    shared_database: Database, role: str
) -> None:
    with psycopg.connect(shared_database.url(role)) as conn:
        with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
            conn.execute("CREATE TEMP TABLE audit_draft ()")
        groups = names(conn, "SELECT rolname FROM pg_roles WHERE rolname <> session_user"
                             " AND pg_has_role(oid, 'MEMBER')")  # fmt: skip
    assert groups == set()


NOT_FOR = {
    "SELECT ledger_open_buckets_v1(500)": EVERYONE,
    "SELECT payments_open_buckets_v1(500)": EVERYONE,
    "SELECT ledger_open_book_v1(2, 'x', 'x', '23:00', '2026-11-23')": EVERYONE,
    "SELECT ledger_open_account_v1(1, 'x', 'x', 'asset', 'none')": EVERYONE,
    "SELECT ledger_close_account_v1(1)": EVERYONE,
    "SELECT payments_withdraw_payable_v1(0::smallint, 1, 'A1', 'B1')": EVERYONE,
    "SELECT payments_import_payers_v1(0::smallint, '{1}', '{A1}', '{x}')": EVERYONE,
    "SELECT payments_import_payables_v1(0::smallint, '{1}', '{A1}', '{B1}', '{x}', '{exact}', '{1}',"
    " '{1}', '{1}', '{NULL}', '{NULL}')": EVERYONE,
    "SELECT bills_import_v1(1, 0, now())": (GATEWAY, WEB, NIGHT),
    "SELECT billing_import_v1(1, 0, now())": (GATEWAY, WEB, NIGHT),
    "SELECT billing_contract_v1(1, now())": (GATEWAY, WORKER, NIGHT),
    "SELECT heating_decide_v1(1, now())": (GATEWAY, WORKER, NIGHT),
    "SELECT billing_share_v1(1, 1, now()::date, now()::date, 0, '', now())": EVERYONE,
    "UPDATE billing_share SET share = 0": EVERYONE,
    "UPDATE heating_request SET agreed = true": EVERYONE,
    "SELECT billing_sell_v1(0::smallint, 1, now())": (GATEWAY, WEB, NIGHT),
    "SELECT billing_token_v1(1, NULL, '', now())": (GATEWAY, WEB, NIGHT),
    "UPDATE billing_sale SET token = NULL": EVERYONE,
    "SELECT payments_resolve_pending_v1(0::smallint, now(), '{}', '{}', '{}', '{}')": EVERYONE,
    "SELECT recon_find_v1('channel', 1, '2026-11-23', '{1}', 0)": EVERYONE,
    "SELECT recon_keep_items_v1(1, 1, '2026-11-23', '{1}', '2026-11-23', 3, now())": EVERYONE,
    "SELECT ledger_cut_day_v1(1, '2026-11-23')": (GATEWAY, WEB, WORKER),
    "SELECT payments_forget_messages_v1(now() - interval '1 year')": (GATEWAY, WEB, NIGHT),
    "SELECT payments_forget_quotes_v1(now() - interval '1 year')": (GATEWAY, WEB, NIGHT),
    "SELECT payments_forget_traffic_v1(now() - interval '1 year')": (GATEWAY, WEB, NIGHT),
    "SELECT payout_mark_v1(1, 'done', '', '', now(), NULL, false)": EVERYONE,
    "SELECT recon_move_v1(1, 'suspend', now(), 'a', 'b')": EVERYONE,
    "SELECT access_settle_v1(1, 1, '', true, '', now())": EVERYONE,
    "SELECT payout_instruct_v1(1, '2026-11-23', '2026-11-23', false, now())": (GATEWAY, WEB, WORKER),
    "SELECT receipt_arrived_v1(1, '2026-11-23', now())": (GATEWAY, WEB, WORKER),
    "SELECT recon_suspend_v1(1, now())": (GATEWAY, WEB, WORKER),
    "SELECT recon_run_v1(1, '2026-11-23', now())": (GATEWAY, WEB, WORKER),
    "SELECT commission_true_up_v1(1, '2026-11-23', now(), '', 0, 0, 0)": (GATEWAY, WEB, WORKER),
    "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, opened_at)"
    " VALUES (1, 1, '2026-11-23', 'theirs_only', 'S', now())": EVERYONE,
    "INSERT INTO recon_run (partner_id, business_day, file_id, started_at)"
    " VALUES (1, '2026-11-23', 1, now())": EVERYONE,
    "INSERT INTO recon_expected (partner_id, business_day, kind, serial, amount_fen, document_id)"
    " VALUES (1, '2026-11-23', 'in', 'S', 1, 1)": EVERYONE,
    "UPDATE recon_item SET theirs_fen = 1": EVERYONE,
    "UPDATE recon_item SET item_id = DEFAULT": EVERYONE,
    "UPDATE eod_run SET business_day = '2026-11-22'": EVERYONE,
    "INSERT INTO pay_method (code, sealed, base_address, enabled, version)"
    " VALUES ('wechat', '', 'https://127.0.0.1:9', true, 1)": EVERYONE,
    "UPDATE checkout_order SET amount_fen = 1": EVERYONE,
    "UPDATE checkout_order SET account_no = 'A2'": EVERYONE,
    "DELETE FROM eod_schedule": EVERYONE,
    "UPDATE institution SET parent_id = NULL": EVERYONE,
    "UPDATE institution SET level = 'union'": EVERYONE,
    "UPDATE pay_method SET base_address = 'https://127.0.0.1:9'": EVERYONE,
    "DELETE FROM pay_method": EVERYONE,
    "UPDATE message_carrier SET base_address = 'https://127.0.0.1:9'": EVERYONE,
    "UPDATE message_template SET body = 'x'": EVERYONE,
    "UPDATE reminder SET ref = 'x'": EVERYONE,
    "SELECT sealed FROM message_carrier": (GATEWAY, NIGHT),
    "UPDATE partner_key SET secret = ''": (GATEWAY, WORKER, NIGHT),
    "UPDATE payee SET account_no = '1'": (GATEWAY, WORKER, NIGHT),
    "SELECT password FROM access_user": (GATEWAY, NIGHT),
    "SELECT sealed_key FROM access_authenticator": (GATEWAY, WORKER, NIGHT),
}  # fmt: skip
"""Plain calls, and whose role may not make them."""


@pytest.mark.parametrize(
    ("statement", "role"), [(said, role) for said, roles in NOT_FOR.items() for role in roles]
)
def test_a_plain_call_is_refused(shared_database: Database, statement: str, role: str) -> None:
    with (
        psycopg.connect(shared_database.url(role)) as conn,
        pytest.raises(errors.InsufficientPrivilege, match="permission denied"),
    ):
        conn.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("role", [WEB, NIGHT])
@pytest.mark.parametrize("act", ["propose", "approve", "refuse", "withdraw"])
def test_what_people_said_of_a_difference_no_process_writes(
    shared_database: Database, role: str, act: str
) -> None:
    with (
        psycopg.connect(shared_database.url(role)) as conn,
        pytest.raises(errors.RestrictViolation, match=f"item 1: {act} is said by a proposal"),
    ):
        conn.execute("INSERT INTO recon_act (item_id, at, who, act, before, after)"
                     " VALUES (1, now(), 'checker01', %s, '{}', '{}')", (act,))  # fmt: skip


FLOORS = {"messages": "30 days", "traffic": "30 days", "quotes": "1 hour"}


@pytest.mark.parametrize("what", FLOORS)
def test_nothing_young_is_forgotten_by_whoever_asks(database: Database, what: str) -> None:
    with psycopg.connect(database.url(WORKER)) as conn:
        forget = f"SELECT payments_forget_{what}_v1(now() - %s::interval + %s::interval)"
        with pytest.raises(errors.RaiseException, match="too young to be forgotten"), conn.transaction():
            conn.execute(forget, (FLOORS[what], "1 minute"))
        assert conn.execute(forget, (FLOORS[what], "0")).fetchone() == (0,)


def test_who_could_before_can_no_longer_and_who_only_reads_still_reads(
    new_database: NewDatabase,
) -> None:
    """The role of all processes of the version before, and somebody's reporting."""
    database = new_database()
    with psycopg.connect(database.super_url, autocommit=True) as conn:
        for role in ("once_app", "reports"):
            conn.execute(f"CREATE ROLE {role}")
        conn.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO once_app")
        conn.execute("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO once_app")
        conn.execute("GRANT SELECT ON payment TO reports")
        try:
            schema.install_functions(database.owner_url, database.buckets)
            left = conn.execute(
                "SELECT has_table_privilege('once_app', 'payee', 'INSERT'),"
                " has_table_privilege('once_app', 'payment', 'SELECT'),"
                " has_function_privilege('once_app', 'ledger_open_buckets_v1(integer)', 'EXECUTE'),"
                " has_table_privilege('reports', 'payment', 'SELECT')"
            ).fetchone()
        finally:
            for role in ("once_app", "reports"):
                conn.execute(f"DROP OWNED BY {role}")
                conn.execute(f"DROP ROLE {role}")
    assert left == (False, False, False, True)


def test_a_server_without_the_roles_is_told_what_to_type(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "EVERYONE", ("yifen_gateway", "yifen_none"))
    with psycopg.connect(database.owner_url) as conn, pytest.raises(grants.RolesMissing) as lacking:
        grants.require_roles(conn)
    assert str(lacking.value) == (
        "the server lacks the roles of the processes yifen_none. As its administrator, each with a"
        " password of its own:\nCREATE ROLE yifen_none LOGIN PASSWORD '…';\n"
    )


def test_the_function_of_a_run_derives_every_difference(world: World) -> None:
    """Nobody says what differs: a run over a file finds it, and the same run finds it once."""
    world.network()
    world.call([world.charge_work("S1", {"B1": 1000})])
    row = "INSERT INTO recon_row (file_id, line_no, kind, amount_fen, fee_fen, serial) VALUES"
    world.run(f"{row} (77, 1, 'sale', 900, 0, 'S1'), (77, 2, 'sale', 5, 0, 'S9')")
    world.run("INSERT INTO recon_file VALUES (77, %s, %s, 1, 'hub', 'f', '', 0, 2, 905, 0, now(), 't')",
              world.ids["WX"], DAY)  # fmt: skip
    found = "SELECT class::text, serial, ours_fen, theirs_fen FROM recon_item ORDER BY serial"
    for _ in range(2):
        code, ours, theirs, matched = world.rows(
            "SELECT code, ours_fen, theirs_fen, matched_fen FROM recon_run_v1(%s, %s, now())",
            world.ids["WX"], DAY,
        )[0]  # fmt: skip
        assert (code, ours, theirs, matched) == (0, 1000, 905, 0)
        assert world.rows(found) == [("amount", "S1", 1000, 900), ("theirs_only", "S9", None, 5)]
