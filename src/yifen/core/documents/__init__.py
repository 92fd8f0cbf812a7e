"""What people hold in hand: receipts, vouchers, reports, posters and their codes. Data to bytes."""
