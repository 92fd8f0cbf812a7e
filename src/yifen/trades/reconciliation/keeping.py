"""Bytes of partners' files as they are kept: a bank's, full of others' accounts, are sealed (decision 0018)."""

from yifen.core.ring import key_ring


def sealed(file_id: int, part_no: int, body: bytes) -> bytes:
    """A part of a bank's file."""
    return key_ring().seal(body, _context(file_id, part_no))


def opened(file_id: int, part_no: int, body: bytes, is_sealed: bool) -> bytes:
    """A part as it came. KeyRingError: no key opens it."""
    return key_ring().open(body, _context(file_id, part_no)) if is_sealed else body


def _context(file_id: int, part_no: int) -> str:
    """`plug` says the same in SQL."""
    return f"recon_file_part:{file_id}:{part_no}"
