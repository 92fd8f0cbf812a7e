"""Where banks tell of receipts and courts' own systems ask for cases: signed messages, believed by the worker."""
