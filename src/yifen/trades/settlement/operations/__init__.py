"""The verbs of settlement 结算, one module each.

The night. `conn` is a psycopg connection of the app role in autocommit; every function is safe to
repeat after a crash and answers what stands there already. `Refused` is raised for bad requests,
what the books say is answered as a code.

    settle.settle(conn, biller_id, day, now, signed_by="") -> Settled
        Settled: code (OK, DAY_NOT_PROVED, EARLIER_DAY_UNSETTLED, BILLER_UNKNOWN), biller_id, day,
        document_id, due_fen, moved_fen, carried_fen, payments, amount_fen, commission_fen, repeated
    settle.settle_due(conn, book_id, day, now, signed_by="") -> list[Settled]
        every biller of the book, its unsettled days up to `day` in order; stops a biller at its
        first refusal
    settle.unproved(conn, biller_id, day) -> list[Unproved]     why a day is not proved
    commission.true_up(conn, biller_id, day, now) -> TrueUp | None   None: no period ends on `day`
    commission.true_up_due(conn, book_id, day, now) -> list[TrueUp]
        every period that ended by `day` and was not closed
    payouts.instruct(conn, biller_id, on, now) -> Instructed
        Instructed: code (OK, NOTHING_DUE, PAYEE_MISSING, PAYEE_RETURNED), biller_id, document_id,
        reference, amount_fen
    payouts.instruct_due(conn, book_id, on, now) -> list[Instructed]      only what was instructed
    payouts.mark(conn, document_id, state, now, bank_serial="", reason="", left=False)
        -> Marked
        Marked: code (OK, PAYOUT_UNKNOWN, PAYOUT_STATE), changed (False: it was so already)
    payouts.shown(conn, document_id, now) -> Marked             EVIDENCE_MISSING
    sending.send_due(conn, port, bank_id) -> PayoutCounts       sent, done, returned, unknown
    sending.ask_due(conn, port, bank_id) -> PayoutCounts        one rung of the ladder each
    sending.ask(conn, port, document_id) -> str                 the state afterwards
        `port` is `settlement.port.BankPort`, and has the clock;
        `port.port_of(conn, ring, bank_id, clock)` makes it, None where payouts go by file
    payout_files.write(conn, bank_id, on, form, now) -> Written | None    form: pain001 or csv
    payout_files.read(conn, file_no) -> Written                 the same bytes again
    receipts.expect(conn, channel_id, day, bank_id, fee_fen, due_on, now, gross_fen=None)
        -> Expected     code (OK, DAY_NOT_PROVED, CHANNEL_MONEY_INVALID), document_id, gross_fen
    receipts.arrived(conn, document_id, on, now) -> Marked      CHANNEL_MONEY_UNKNOWN, EVIDENCE_MISSING
    matches.take_bank_matches(conn, now) -> MatchesTaken        payouts, receipts

The console. Django, in the caller's request; `access` gives the scope, the door has asked for the
permission. Refused names code and field.

    agreements.propose(access, AskedAgreement, now)          with `id`: change one not yet begun
    agreements.has_begun(agreement) -> bool                  agreements.check_terms(FeeTerms)
    merchants.propose(access, biller_id, level, parent_id, pooled, now)
    merchants.propose_removal(access, biller_id, now)
    shares.propose(access, merchant_id, {beneficiary_id: share_ppm}, now)
    payees.propose(access, AskedPayee, now)
    banks.propose(access, AskedBank, now)
    deciding.propose_mark(access, document_id, state, bank_serial, left, now, reason)
    deciding.propose_again(access, biller_id, now, reason)
        each answers the proposal; a second person decides (`access.second`), and then it is done
    calendar_days.put(day, kind, name) -> CalendarDay · calendar_days.remove(day)

Pure: `rules.quote(Terms, measure) -> Quote`, the calculator tier by tier: lines, sum_fen (rounded
once), fee_fen (after cap and minimum); `agreements.terms_of(agreement)` makes the Terms of a row.
"""
