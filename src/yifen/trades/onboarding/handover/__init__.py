"""What a partner is handed over 交接: one sheet, a signed example, programs in its language."""
