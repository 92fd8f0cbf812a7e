"""Account numbers 户号 as people and files write them."""

import unicodedata


def clean_account(typed: str) -> str:
    """The one form of an account number: full-width digits as plain ones, no blanks in between."""
    return "".join(unicodedata.normalize("NFKC", typed[:200]).split())
