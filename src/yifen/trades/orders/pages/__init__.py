"""The payer's pages: find a bill, pay it, keep the receipt; on a phone and on a kiosk."""
