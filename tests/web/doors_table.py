"""What the addresses of the pages take, by name: each family of pages adds its own lines."""

from collections.abc import Callable
from typing import Any

from tests.web.province import County, Province
from tests.world import DAY

Arguments = Callable[[Province, County], dict[str, Any]]
NO_ORDER, NONE = "0" * 30, 10**9  # of a province that has not worked a day (tests.web.worked)

ARGUMENTS: dict[str, Arguments] = {
    **{
        name: lambda _, rows: {"code": rows.biller_code}
        for name in ("partner", "partner_edit", "partner_suspend", "partner_resume", "partner_admit",
                     "partner_keys", "partner_certify", "go_live_request", "partner_dialect",
                      "partner_dialect_key", "partner_codes", "partner_handover", "partner_handover_pdf")
    },
    "partner_stop": lambda _, rows: {"code": rows.biller_code, "other": rows.channel_code},
    "partner_key_end": lambda _, rows: {"code": rows.biller_code, "version": 1},
    "conformance_run": lambda _, rows: {"run_id": rows.more["run"]},
    "conformance_report": lambda _, rows: {"run_id": rows.more["run"], "form": "json"},
    "sandbox_request": lambda *_: {"number": 1},
    "docs_file": lambda *_: {"file": "index.html"},
    "outage_end": lambda _, rows: {"outage_id": rows.more["outage"]},
    "payment": lambda _, rows: {"payment_id": rows.payment_id},
    "payment_receipt": lambda _, rows: {"payment_id": rows.payment_id},
    **{
        name: lambda _, rows: {"account_id": rows.transit_id}
        for name in ("account", "account_days", "account_pdf", "account_export",
                     "account_days_export")
    },
    "payable": lambda _, rows: {"payable_id": rows.payable_id},
    "payer": lambda _, rows: {"payable_id": rows.payable_id},
    **{name: lambda *_: {"run_id": NONE} for name in ("billing_run", "billing_propose", "billing_drop")},
    **{name: lambda *_: {"bill_id": NONE} for name in ("billing_bill", "billing_cancel", "billing_correct")},
    "billing_cold": lambda *_: {"service_id": NONE},
    "billing_price": lambda *_: {"price_id": NONE},  # the province has customers, and no prices or bills yet
    "billing_fee": lambda *_: {"fee_id": NONE},
    **{name: lambda *_: {"sale_id": NONE} for name in ("billing_sale", "billing_unsell")},
    # the province has no reports
    **{
        name: lambda *_: {"report_id": NONE}
        for name in ("figure_report", "figure_file", "figure_drop", "figure_schedule")
    },
    "figure_unschedule": lambda *_: {"report_id": NONE, "schedule_id": NONE},
    "figure_made_file": lambda *_: {"made_id": NONE},
    "figure_end": lambda *_: {"schedule_id": NONE},
    "billing_vending": lambda _, rows: {"biller_id": rows.biller},
    **{
        name: lambda _, rows: {"file_id": rows.more["bills"]}
        for name in ("bill_import", "bill_propose", "bill_faults", "bill_refused")
    },
    **{name: lambda *_: {"case_id": NONE} for name in (
        "court_case", "court_case_state", "court_case_link", "court_correct", "court_merge")},
    **{name: lambda *_: {"file_id": NONE} for name in ("court_file", "court_file_propose")},
    **{name: lambda *_: {"number": NONE} for name in (
        "court_unknown", "court_send_back", "court_unclaim", "court_recall")},
    "court_line": lambda *_: {"line_id": NONE},
    **{name: lambda *_: {"case_id": NONE} for name in (
        "court_payout_new", "court_hold_new", "court_case_people", "court_plan", "court_plan_new")},
    **{name: lambda *_: {"application_id": NONE} for name in (
        "court_payout", "court_payout_act", "court_payout_sheet")},
    "court_report": lambda *_: {"report_id": NONE},
    "court_release": lambda *_: {"hold_id": NONE},
    **{name: lambda *_: {"case_id": NONE} for name in ("court_notice", "court_pause_new", "court_statement")},
    **{name: lambda *_: {"number": NONE} for name in ("court_receipt", "court_told")},
    "court_letter": lambda *_: {"number": NONE, "party_id": NONE},
    "court_pause_end": lambda *_: {"pause_id": NONE},
    "court_check": lambda *_: {"number": "R1-AAAA-AAAA-AA"},
    "court_list": lambda *_: {"list_id": NONE},
    **{name: lambda *_: {"voucher_id": NONE} for name in (
        "treasury_voucher", "treasury_voucher_act", "treasury_voucher_ask")},
    "treasury_quota": lambda *_: {"row_id": NONE}, "treasury_claim": lambda *_: {"clearing_id": NONE},
    "treasury_voucher_print": lambda *_: {"voucher_id": NONE, "form": "voucher"},
    "treasury_return_new": lambda *_: {"voucher_id": NONE, "line_no": 1},
    "treasury_return": lambda *_: {"return_id": NONE},
    **{name: lambda *_: {"claim_id": NONE} for name in ("card_claim", "card_claim_act", "card_claim_print")},
    **{name: lambda *_: {"swipe_id": NONE} for name in ("card_mark",)},
    "card_paper": lambda *_: {"claim_id": NONE, "paper_id": NONE},
    "card_deputy": lambda *_: {"deputy_id": NONE},
    "card_place": lambda *_: {"place_id": NONE},
    "card_hit": lambda *_: {"hit_id": NONE},
    "card_wrong": lambda *_: {"row_id": NONE},
    "budget_list_blank": lambda *_: {"kind": "none"},
    "budget_list": lambda *_: {"list_id": NONE},
    "card_file": lambda *_: {"bureau_id": NONE, "word_id": NONE},
    "card_waive": lambda *_: {"swipe_id": NONE},
    "card_waive_decide": lambda *_: {"waiver_id": NONE},
    "budget_indicator": lambda *_: {"indicator_id": NONE},
    "court_payee": lambda *_: {"party_id": NONE},
    **{name: lambda *_: {"service_id": NONE} for name in ("heating_flat", "heating_ask", "heating_mark")},
    **{
        name: lambda *_: {"request_id": NONE}  # the province heats nobody
        for name in ("heating_request", "heating_scan", "heating_decide", "heating_again", "heating_withdraw",
                     "heating_agreement")
    },
    "heating_season": lambda *_: {"season_id": NONE},
    "heating_building": lambda *_: {"place_id": NONE},
    **{name: lambda *_: {"share_id": NONE} for name in ("heating_stop", "heating_spare")},
    **{name: lambda *_: {"file_id": NONE} for name in ("heating_file", "heating_file_propose", "heating_file_faults")},
    **{name: lambda *_: {"bill_id": NONE} for name in ("billing_late", "billing_waive", "billing_freeze")},
    **{
        name: lambda _, rows: {"number": rows.more["pipe"]}
        for name in ("pipe", "pipe_edit", "pipe_off", "pipe_secret", "pipe_ping", "pipe_again", "pipe_now")
    },
    **{
        name: lambda _, rows: {"number": rows.more["delivery"]}
        for name in ("pipe_delivery", "delivery_again", "delivery_now")
    },
    "daily_file": lambda _, rows: {"file_id": rows.biller},  # none of the province's is made yet
    "audit_entry": lambda _, rows: {"entry_no": 1},
    **{name: lambda _, rows: {"number": rows.more["proposal"]} for name in ("proposal", "proposal_decide")},
    "export": lambda _, rows: {"export_id": rows.more["export"]},
    "export_file": lambda _, rows: {"export_id": rows.more["export"]},
    "passkey_remove": lambda *_: {"number": 1},
    "user": lambda _, rows: {"user_id": rows.user.pk},
    "user_change": lambda _, rows: {"user_id": rows.user.pk},
    "user_move": lambda _, rows: {"user_id": rows.user.pk},
    **{
        f"{shell}_{name}": lambda _, rows: {"code": rows.biller_code, "account_no": rows.account_no}
        for shell, name in (("payer", "account"), ("kiosk", "account"), ("account", "poster"))
    },
    **{
        f"{shell}_{name}": lambda _, rows: {"order_no": rows.more.get("waiting_order", NO_ORDER)}
        for shell in ("payer", "kiosk") for name in ("go", "again", "look", "cancel")
    },
    **{
        name: lambda _, rows: {"order_no": rows.more.get("order", NO_ORDER)}
        for name in ("payer_order", "kiosk_order", "payer_receipt")
    },
    "cashier": lambda _, rows: {"order_no": rows.more.get("waiting_order", NO_ORDER)},
    **{name: lambda *_: {"code": "power"} for name in ("payer_category", "kiosk_category")},
    **{
        name: lambda _, rows: {"code": rows.biller_code}
        for name in ("payer_biller", "kiosk_biller", "poster")
    },
    "bind": lambda _, rows: {"code": rows.biller_code, "account_no": rows.account_no},
    "unbind": lambda *_: {"binding": 1},
    "binding_due": lambda *_: {"binding": 1},
    **{name: lambda *_: {"token": "0" * 32} for name in ("phone_code", "phone_code_again")},
    "pay_notice": lambda *_: {"method": "wechat"},
    "reminder_choice": lambda *_: {"binding": 1},
    **{name: lambda *_: {"token": "0" * 32} for name in ("reminder_mail_code", "reminder_mail_again")},
    "reminder_stop": lambda *_: {"token": "1-s-0"},
    "sms_replies": lambda *_: {"company": "aliyun", "secret": "0" * 32},
    "reminder": lambda *_: {"reminder_id": 1},
    "invoice_own": lambda *_: {"token": "0"},
    "check_receipt": lambda _, rows: {"number": rows.more.get("receipt", "1000-AAAA-AAAA-AA")},
    **{
        name: lambda _, rows: {"entry_id": rows.more["entry"]}
        for name in ("desk_entry", "desk_receipt", "desk_voucher")
    },
    **{
        name: lambda _, rows: {"shift_id": rows.more["shift"]}
        for name in ("desk_shift", "desk_shift_report")
    },
    "desk_transaction": lambda *_: {"code": "4623"},
    **{
        name: lambda _, rows: {"run_id": rows.more["recon_run"]}
        for name in ("reconciliation", "reconciliation_again", "single_sided")
    },
    **{
        name: lambda _, rows: {"file_id": rows.more["recon_file"]}
        for name in ("recon_file", "recon_file_withdraw")
    },
    **{
        name: lambda _, rows: {"payment_id": rows.payment_id}
        for name in ("undecided_payment", "undecided_end", "payment_chargebacks", "chargeback_propose")
    },
    "chargeback_outside": lambda _, rows: {"payment_id": rows.payment_id, "chargeback_id": NONE},
    **{
        name: lambda *_: {"number": "KK202611240123456789ab"}  # the province has none
        for name in ("deduction", "deduction_outside")
    },
    **{
        name: lambda *_: {"number": "DK202611230000000000"}  # the province has none
        for name in ("mandate", "mandate_voucher", "mandate_paper_add", "mandate_mine", "mandate_agree", "mandate_pay",
                     "mandate_stop_mine")
    },
    "mandate_paper": lambda *_: {"number": "DK202611230000000000", "paper_id": 1},
    "mandate_stop": lambda *_: {"number": "DK202611230000000000", "key": "0" * 32},
    **{name: lambda *_: {"batch_id": NONE} for name in (
        "debit_batch", "debit_go", "debit_again", "debit_drop", "debit_result")},
    "agency_admission": lambda _, rows: {"admission_id": NONE + rows.biller},  # the province admits nobody
    "agency_voucher": lambda *_: {"serial": "DP20261123-0"},
    "agency_cheque": lambda _, rows: {"cheque_id": NONE + rows.biller},
    "pos_terminal": lambda *_: {"terminal_no": "00000000"},  # the province has none
    "tcp_line": lambda *_: {"partner_id": NONE},  # the province has none
    **{name: lambda *_: {"code": "none"} for name in ("connector", "connector_edit", "connector_mapping")},
    "pos_exception": lambda *_: {"exception_id": NONE},
    "core_move": lambda *_: {"serial": "20261123-9-0001"},  # the province has no core
    **{
        name: lambda _, rows: {"item_id": rows.more["item"]}
        for name in ("difference", "difference_own", "difference_note", "difference_propose",
                     "difference_release", "difference_outside")
    },
    "recon_layout": lambda _, rows: {"layout_id": rows.more["layout"]},
    **{
        name: lambda _, rows: {"code": rows.biller_code}
        for name in ("agreement_new", "merchant", "payee")
    },
    "settlement": lambda _, rows: {"number": rows.more.get("settlement", NONE + rows.biller)},
    **{
        name: lambda _, rows: {"number": rows.more.get("payout", NONE + rows.biller)}
        for name in ("payout", "payout_ask", "payout_mark", "payout_again")
    },
    **{name: lambda _, rows: {"code": rows.more["bank"]} for name in ("bank", "bank_key")},
    **{name: lambda _, rows: {"file_no": rows.more["payout_file"]} for name in ("payout_file", "payout_file_body")},
    **{
        name: lambda _, rows: {"number": rows.more["payout_result"]}
        for name in ("payout_result", "payout_result_propose")
    },
    "agreement": lambda _, rows: {"agreement_id": rows.more["agreement"]},
    **{
        name: lambda *_: {"book_id": 1, "day": DAY.isoformat()}
        for name in ("day_end", "day_end_sign")
    },
    "institution": lambda _, rows: {"code": f"96{rows.biller_code[-2:]}01"},
    "pay_method": lambda *_: {"code": "alipay"},
    "message_carrier": lambda *_: {"code": "aliyun"},
    "message_template": lambda *_: {"key": "phone_check/sms/zh"},
    "book": lambda *_: {"code": "hub"},
    "day_statement": lambda _, rows: {"partner_id": rows.biller, "day": DAY.isoformat(),
                                      "form": "csv"},
    "view_remove": lambda *_: {"view_id": 1},
    "standing_remove": lambda *_: {"standing_id": 1},
    **{
        name: lambda _, rows: {"customer_id": rows.more["customer"]}
        for name in ("billing_customer", "billing_reading", "billing_swap", "billing_holder", "billing_move",
                     "billing_close", "billing_merge", "billing_split", "billing_take_over", "billing_contact",
                     "billing_prepaid")
    },
    # arrears: the province's customers owe nothing
    "arrears_account": lambda _, rows: {"customer_id": rows.more["customer"]},
    **{
        name: lambda _, rows: {"customer_id": rows.more["customer"], "fee_id": 1}
        for name in ("arrears_call", "arrears_promise", "arrears_plan", "arrears_dispute")
    },
    "arrears_office": lambda *_: {"biller_id": NONE},
    "arrears_settle": lambda *_: {"hold_id": NONE},
    "arrears_batch": lambda *_: {"batch": NONE},
    **{name: lambda *_: {"letter_no": NONE} for name in ("arrears_letter", "arrears_reprint")},
    "arrears_cut_again": lambda *_: {"cut_id": NONE},
    "arrears_take_up": lambda *_: {"bill_id": NONE},
    **{
        name: lambda _, rows: {"doubt_id": rows.more["doubt"]}
        for name in ("billing_doubt", "billing_accept", "billing_estimate")
    },
    **{
        name: lambda _, rows: {"file_id": rows.more["billing_file"]}
        for name in ("billing_file", "billing_file_propose", "billing_file_take", "billing_file_faults")
    },
    **{
        name: lambda _, rows: {"visit_id": rows.more["visit"]}
        for name in ("visit", "visit_assign", "visit_give_up", "visit_do")
    },
    "visit_photo": lambda _, rows: {"visit_id": rows.more["visit"], "number": 1},
    **{name: lambda _, rows: {"place_id": rows.more["door"]} for name in ("visits_place", "visits_door")},
    "invoice_transfer": lambda _, rows: {"number": rows.more["paper_transfer"]},
    "invoice_paper": lambda *_: {"print_id": NONE},  # the province has printed nothing
    "invoice_electronic": lambda *_: {"order_no": f"E{NONE}-1"},  # nor asked a tax platform for anything
    "recon_rule": lambda _, rows: {"code": rows.biller_code},
    "channel_kind": lambda *_: {"book_id": 1, "kind": "phonebank"},
}  # fmt: skip
"""Address name → its arguments, out of one county's rows."""

FOREIGN_OK: frozenset[str] = frozenset({
    "desk_transaction",  # a transaction code is nobody's
    "channel_kind",  # a kind of channel is nobody's: whoever may, of the top institution, rules all of it
    "book",  # a book is nobody's: whoever keeps books keeps all
    "pay_method", "message_carrier", "message_template",  # a provider is nobody's
    "day_end",  # a book's night is of all whose partners are in it; its figures are one's own
})  # fmt: skip
"""Addresses whose arguments are nobody's rows (a transaction code, a language): say why beside it."""

ENDS_SESSION = frozenset({"sign_out"})
