"""Keys behind a year of swipes: a word that nobody has taken yet, a holder's newest, days of lists and reports. Made beside
what goes on."""

from django.db import migrations

INDEXES = {
    "card_word_open": "card_word (word_id) WHERE taken_at IS NULL",
    "card_swipe_mine": "card_swipe (person_id, swipe_id DESC)",
    "card_swipe_refunds": "card_swipe (bureau_id, posted_on) WHERE kind = 'refund'",
    "card_mark_official": "card_mark (unit_id, swipe_id, turn) WHERE mark = 'official'",
    "card_claim_asked_by": "card_claim (asked_by, claim_id DESC)",
    "card_claim_unit_newest": "card_claim (unit_id, claim_id DESC)",
    "card_claim_asked_on": "card_claim (((asked_at AT TIME ZONE 'Asia/Shanghai')::date))",
    "card_claim_line_card": "card_claim_line (card_id)",
    "card_entry_day": "card_entry (bureau_id, business_day)",
    "card_repayment_due_on": "card_repayment (bureau_id, due_on)",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cards", "0003_watch")]
    operations = [
        migrations.RunSQL([
            "ALTER TABLE card_word ADD COLUMN IF NOT EXISTS taken_at timestamptz",
            "UPDATE card_word w SET taken_at = e.done_at FROM card_word_end e WHERE e.word_id = w.word_id",
            *(statement for name, on in INDEXES.items() for statement in (
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {on}")),
        ])
    ]  # fmt: skip
