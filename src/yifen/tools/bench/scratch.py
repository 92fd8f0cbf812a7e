"""A folder that a bench leaves nothing of."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Removed afterwards, with what root's PostgreSQL may have had to keep elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="yifen-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        elsewhere = folder / "postgres" / "location"
        if elsewhere.exists():
            shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
