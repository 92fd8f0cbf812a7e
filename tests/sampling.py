"""Long suites in the time of a run: every so manieth case; all of them by `YIFEN_TESTS=all ./yifen test FILE`."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

Case = TypeVar("Case")
ALL = os.environ.get("YIFEN_TESTS") == "all"
THINNED = {
    "web/test_hostile.py": 90, "certify/test_biller.py": 15, "endofday/test_killed.py": 6, "cli/test_addresses.py": 16,
    "trade/test_plug.py": 36, "console/test_whole_days.py": 4, "endofday/test_one_of_ten.py": 6,
    "access/test_second.py": 9, "remote/test_charge.py": 6, "readers/test_any_bytes.py": 24,
    "sql/test_installed.py": 4, "onboarding/test_trial_channel.py": 3,
    "console/test_sort_links.py": 4, "readers/test_memory.py": 2, "torture/test_superuser_changes.py": 4,
    "traffic/test_gateway.py": 8, "cli/test_reconcile.py": 2, "concurrency/test_processes.py": 2,
    "browser/test_sign_in.py": 8, "processes/test_restarts.py": 2, "test_launcher.py": 10,
    "cli/test_commands.py": 4, "cli/test_cut.py": 5,
    "console/test_payments_order.py": 2, "console/test_account_numbers.py": 3, "console/test_payments.py": 3,
    "console/test_every_list.py": 3,
    "desk/test_reversal.py": 5, "journeys/test_replay.py": 2, "journeys/test_shut.py": 3, "test_embedded.py": 2,
    "checkout/test_crash.py": 4, "checkout/test_answers.py": 4, "settlement/test_altered.py": 2,
    "concurrency/test_races.py": 4, "repair/test_crash.py": 2, "web/test_wild_input.py": 10,
    "readers/test_columns.py": 10, "sql/test_archive.py": 3, "torture/test_altered.py": 2, "pipes/test_fetching.py": 4,
    "billing/test_bad_input.py": 8, "billing/test_bad_files.py": 3, "billing/test_who.py": 2,
    "chargebacks/test_night.py": 3, "deductions/test_night.py": 2, "deductions/test_crash.py": 3,
    "readers/test_take_in.py": 3, "torture/test_kill.py": 2, "desk/test_collection.py": 2,
    "onboarding/test_hostile_input.py": 3, "remote/test_reverse.py": 4, "endofday/test_races.py": 2,
    "settlement/test_refunds.py": 2, "sql/test_roles.py": 3, "console/test_lists.py": 2,
    "onboarding/test_handover.py": 3,
    "payer/test_simulated_apart.py": 2,
    "billing/test_tokens.py": 2, "billing/test_poisoned.py": 2, "edges/test_big_files.py": 2,
    "edges/test_slow_callers.py": 2, "connector/test_calling.py": 3, "connector/test_certify.py": 3,
    "connector/test_property.py": 3, "collection/test_crash.py": 3, "corebank/test_agree.py": 3,
    "desk/test_keyboard.py": 2,
}  # fmt: skip
"""Files with many cases that take long: in a run of everything each of their tests has every so manieth case."""

LONG = frozenset({
    "audit/test_anchor.py::test_an_address_gets_the_line_and_a_refusal_fails",
    "audit/test_queries.py::test_a_history_reads_no_more_than_it_answers",
    "audit/test_queries.py::test_a_hundred_thousand_entries_are_sealed_and_proved_quickly",
    "audit/test_queries.py::test_a_search_reads_little_of_a_long_trail",
    "backup/test_backup.py::test_a_server_of_ones_own_is_backed_up_and_proved",
    "backup/test_backup.py::test_what_was_put_into_a_backup_runs_nothing",
    "browser/test_onboarding.py::test_an_outage_is_announced_and_ended_early",
    "browser/test_onboarding.py::test_from_registering_to_going_live",
    "browser/test_passkeys.py::test_a_device_that_cannot_answer_is_told_and_the_digits_still_work",
    "browser/test_passkeys.py::test_a_teller_is_not_offered_passkeys",
    "browser/test_passkeys.py::test_enrol_sign_in_confirm_and_remove",
    "browser/test_passkeys.py::test_what_was_typed_survives_the_question",
    "browser/test_payer.py::test_a_kiosk_asks_the_language_first_and_forgets",
    "browser/test_payer.py::test_a_lost_network_in_mid_payment_is_found_again",
    "browser/test_payer.py::test_twice_back_and_a_second_tab_are_one_payment",
    "browser/test_reminders.py::test_a_payer_turns_reminders_on_confirms_his_mail_and_turns_them_off",
    "browser/test_sign_in.py::test_five_wrong_codes_lock_and_nothing_tells_which_field_was_wrong",
    "browser/test_sign_in.py::test_what_a_role_may_not_is_refused_with_a_number_and_not_in_the_menu",
    "browser/test_sign_in.py::test_what_was_typed_stays_when_the_language_changes_but_no_secret",
    "browser/test_visits.py::test_a_visit_is_done_at_the_door_with_a_picture_and_the_place",
    "cases/test_property.py::test_after_many_more_acts_too",
    "certify/test_command.py::test_an_sm2_biller_passes_with_keys_out_of_pem",
    "cli/test_addresses.py::test_the_nights_process_ends_when_its_worker_is_killed",
    "cli/test_addresses.py::test_the_worker_knows_its_own_address_and_the_nights_process_that_of_the_night",
    "cli/test_archive.py::test_a_month_goes_is_proved_and_comes_back",
    "cli/test_commands.py::test_a_file_of_bills_is_looked_at",
    "cli/test_migrate_races.py::test_a_migration_names_who_holds_it_up_and_nobody_waits_behind_it",
    "cli/test_migrate_races.py::test_three_migrations_of_an_empty_database_all_end_well",
    "cli/test_reconcile.py::test_the_bench_finds_what_was_put_in",
    "cli/test_reseal.py::test_after_it_the_new_key_opens_all_and_nothing_has_changed",
    "concurrency/test_processes.py::test_two_workers_serve_one_port",
    "console/test_exports.py::test_an_export_whose_worker_is_killed_in_the_middle_is_done_by_the_next",
    "console/test_reconciliation.py::test_a_large_body_is_read_only_on_the_upload_page_and_of_who_signed_in",
    "console/test_search.py::test_nothing_of_another_county_is_found_by_anybody_of_this_one",
    "corebank/test_browser.py::test_a_card_pays_by_the_pin_pad",
    "debits/test_month.py::test_a_month_of_debits_with_payments_elsewhere_in_between",
    "desk/test_keyboard.py::test_a_confirmation_that_has_just_appeared_takes_no_key",
    "desk/test_keyboard.py::test_a_receipt_is_printed_by_f4_and_the_day_ends_by_counting",
    "desk/test_keyboard.py::test_back_and_f5_again_pay_once",
    "docs/test_site.py::test_a_fault_leaves_the_site_that_was_there",
    "documents/test_statement.py::test_two_thousand_rows_come_soon_with_head_and_number_on_every_page",
    "edges/test_big_files.py::test_thirty_at_once_get_it_whole_and_the_gateway_stays_small",
    "edges/test_slow_callers.py::test_a_body_that_drips_is_cut_though_it_never_stops",
    "edges/test_slow_callers.py::test_a_slow_body_is_refused_by_number_and_cut",
    "edges/test_slow_callers.py::test_a_slow_form_is_cut",
    "edges/test_slow_callers.py::test_a_slow_head_is_cut",
    "endofday/test_gaps.py::test_the_command_tells_the_gaps_in_words_and_in_json",
    "endofday/test_gaps.py::test_what_failed_for_one_partner_is_a_gap",
    "endofday/test_killed.py::test_killed_anywhere_a_few_times",
    "endofday/test_killed.py::test_killed_at_every_round_trip_of_every_step",
    "endofday/test_killed.py::test_the_command_is_killed_by_the_kernel",
    "endofday/test_one_of_ten.py::test_the_command_names_the_tenth_in_both_languages",
    "endofday/test_schedule.py::test_the_command_says_why_a_day_waits_and_who_may_sign",
    "journeys/test_day.py::test_two_key_versions_are_valid_side_by_side_until_the_old_one_ends",
    "journeys/test_walk.py::test_from_an_empty_database_to_a_payout_file",
    "metrics/test_processes.py::test_the_calls_of_two_processes_add_up",
    "onboarding/test_sandbox_day.py::test_the_sandbox_is_not_cut_where_nobody_asked",
    "onboarding/test_sandbox_day.py::test_who_asks_and_has_payments_gets_a_day_and_the_next_one_five_minutes_later",
    "ops/test_images.py::test_the_gateway_of_the_image_is_ready",
    "ops/test_images.py::test_the_whole_compose_on_a_server_of_its_own",
    "payer/test_mine.py::test_payments_of_one_moment_are_all_in_the_history_once",
    "payer/test_mine.py::test_the_history_turns_its_pages_by_time",
    "pipes/test_fetching.py::test_a_file_that_never_ends_keeps_the_others_for_one_look_only",
    "processes/test_away.py::test_a_gateway_goes_on_though_a_process_of_it_dies_again_and_again",
    "processes/test_away.py::test_a_gateway_starts_and_stays_without_the_database_and_is_ready_with_it",
    "processes/test_away.py::test_a_worker_waits_for_the_database",
    "processes/test_loops.py::test_a_broken_loop_ends_and_one_that_waits_does_not",
    "processes/test_loops.py::test_a_worker_that_met_a_read_only_database_works_on_and_ends_when_told",
    "processes/test_lost_answers.py::test_reads_come_back_with_the_database_however_long_it_was_away",
    "processes/test_migrate.py::test_migrate_waits_out_an_old_reader_and_the_role_s_time_outs",
    "processes/test_restarts.py::test_two_new_versions_under_load_and_one_that_would_not_start",
    "readers/test_memory.py::test_memory_does_not_grow_with_the_rows",
    "readers/test_packed.py::test_what_unpacks_beyond_measure_is_refused",
    "reconciliation/test_packing.py::test_memory_does_not_grow_with_the_lines",
    "remote/test_charge.py::test_a_requery_that_tells_nothing_is_asked_again",
    "remote/test_charge.py::test_after_five_failures_the_biller_is_left_alone_for_a_while",
    "remote/test_crash.py::test_the_worker_command_decides_it",
    "sql/test_archive.py::test_files_that_are_not_as_they_were_written_are_named",
    "sql/test_archive.py::test_it_comes_back_from_its_tables_too_and_goes_on_after_a_stop",
    "sql/test_installed.py::test_a_dump_put_back_is_as_it_was_installed",
    "sql/test_installed.py::test_an_operators_own_extension_is_named_until_it_is_told",
    "sql/test_installed.py::test_kinds_told_later_are_told_by_the_next_migrate",
    "sql/test_installed.py::test_of_a_version_before_nothing_was_told_until_migrate",
    "sql/test_installed.py::test_what_a_migration_changed_is_told",
    "test_bench.py::test_charge_books_what_it_answers_and_prints_its_row",
    "test_bench.py::test_verify_replays_what_was_stored",
    "test_demo.py::test_a_file_of_another_name_needs_its_day",
    "test_demo.py::test_a_person_of_the_sample_signs_in_and_has_a_bank_of_the_town_deduct_a_bill",
    "test_demo.py::test_a_real_unionpay_file_is_replayed_and_matches_to_the_fen",
    "test_demo.py::test_one_demo_a_folder_and_nothing_is_left_of_a_killed_one",
    "test_embedded.py::test_a_half_made_cluster_is_made_again",
    "test_embedded.py::test_a_plain_user_is_told_whose_data_or_folder_it_is",
    "test_embedded.py::test_a_server_that_is_killed_is_started_again_at_its_port",
    "test_embedded.py::test_a_stale_pid_file_that_names_another_living_program_does_not_hinder",
    "test_embedded.py::test_a_start_that_ended_between_role_and_password_is_made_good",
    "test_embedded.py::test_a_start_waits_for_the_children_of_a_killed_server",
    "test_embedded.py::test_a_taken_port_is_refused_when_asked_for_and_avoided_when_remembered",
    "test_embedded.py::test_data_of_another_major_version_are_refused_with_what_to_do",
    "test_embedded.py::test_other_passwords_than_the_datas_are_told_and_leave_nothing_running",
    "test_embedded.py::test_settings_reach_the_server",
    "test_embedded.py::test_two_starters_of_a_new_cluster_get_one_server",
    "test_embedded.py::test_who_reads_figures_is_bounded_in_a_cluster_of_before_too_but_not_against_its_operator",
    "test_launcher.py::test_a_changed_lock_is_installed_over_the_old_one",
    "test_launcher.py::test_a_damaged_environment_is_made_anew",
    "test_launcher.py::test_a_python_built_by_profiles_is_preferred_and_looked_for_once",
    "test_launcher.py::test_an_environment_elsewhere_is_used",
    "test_launcher.py::test_tests_find_compiled_files_though_none_may_be_written_beside_the_sources",
    "test_private.py::test_all_that_a_command_makes_is_closed_to_others",
    "torture/test_archived_day.py::test_a_whole_day_goes_and_its_documents_are_proved_as_before",
    "torture/test_demo_day.py::test_an_untouched_day_is_in_order",
    "torture/test_demo_day.py::test_the_change_is_named",
    "torture/test_demo_day.py::test_the_sample_network_pays_and_everything_agrees",
    "torture/test_in_the_clear.py::test_a_new_key_takes_over_and_the_old_one_may_go",
    "torture/test_standby.py::test_a_promoted_standby_has_every_acknowledged_payment",
    "treasury/test_random_year.py::test_after_many_more_acts_too",
    "upgrade/test_upgrade.py::test_a_person_signs_in_and_sees_the_day_that_was",
    "upgrade/test_upgrade.py::test_what_people_enrolled_by_goes_on_sealed",
    "web/test_scripts.py::test_a_chart_that_is_swapped_in_is_drawn",
    "web/test_scripts.py::test_a_thumb_can_hit_every_control_of_a_payers_page",
    "web/test_scripts.py::test_no_page_is_wider_than_a_phone",
    "web/test_scripts.py::test_the_theme_switch_goes_round_and_is_remembered",
})  # fmt: skip
"""Tests of many seconds whose rule a shorter one beside them holds too; a run of everything leaves them out."""


MOST = 3
"""Cases of one test in a run of everything, evenly from the first on, where THINNED says nothing of its file."""
WHOLE = frozenset({"web/test_style.py", "web/test_doors.py", "docs/test_references.py", "access/test_lapsing.py"})
"""Files whose cases are each another template, role, page or act: all of them, always."""


def rest(items: Sequence[pytest.Item], root: Path) -> list[pytest.Item]:
    """The cases that a run of everything leaves out; none when all are asked for."""
    if ALL:
        return []
    files = [item.path.relative_to(root).as_posix() for item in items]
    names = [f"{file}::{item.name.partition('[')[0]}" for file, item in zip(files, items, strict=True)]
    cases, seen, left = Counter(names), Counter[str](), list[pytest.Item]()
    for file, name, item in zip(files, names, items, strict=True):
        every = 1
        if hasattr(item, "callspec") and file not in WHOLE:
            every = max(THINNED.get(file, 1), -(-cases[name] // MOST))
        if name in LONG or seen[name] % every:
            left.append(item)
        seen[name] += 1
    return left


def sampled(cases: Sequence[Case], every: int) -> Sequence[Case]:
    """All of them when they are asked for."""
    return cases if ALL else cases[::every]


def stride(every: int) -> int:
    """From one step to the next at which something dies: each, when all are asked for."""
    return 1 if ALL else every
