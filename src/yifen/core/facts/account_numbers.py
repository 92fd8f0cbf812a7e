"""Account numbers 户号 as people and files write them (decision 0019)."""

import unicodedata

ACCOUNT_MAX = 40


def clean_account(typed: str) -> str:
    """The one form of an account number: NFKC, so that full-width, circled and Roman digits are plain
    ones, and no blanks. Case and dashes are part of a number."""
    if typed.isascii() and typed.isprintable() and " " not in typed:  # as nearly all are
        return typed[:200]
    joined = "".join(unicodedata.normalize("NFKC", typed[:200]).split())
    return unicodedata.normalize("NFKC", joined)  # what blanks kept apart may be one letter now


def searched(typed: str) -> list[str]:
    """What a search looks for: the number as typed, its one form, and that in either case, with its
    dashes and without. Empty: nothing was typed."""
    plain = clean_account(typed)
    bare = "".join(letter for letter in plain if unicodedata.category(letter) != "Pd")
    forms = (typed.strip(), plain, plain.upper(), plain.lower(), bare, bare.upper(), bare.lower())
    return list(dict.fromkeys(filter(None, forms)))
