"""Sub-accounts, receipts and statements as they were kept, read again by `yifen verify`."""
