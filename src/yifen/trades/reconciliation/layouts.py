"""Layouts of partners' files as the console keeps them, made into what the reader takes."""

import msgspec

from yifen.trades.reconciliation import models
from yifen.trades.reconciliation.readers.layout import Layout, LayoutColumn


def layout_of(model: models.Layout) -> Layout:
    """The layout with its columns in order; nothing is checked (see `check_layout`)."""
    names = [name for name in Layout.__struct_fields__ if name != "columns"]
    columns = [
        {name: getattr(column, name) for name in LayoutColumn.__struct_fields__}
        for column in model.columns.order_by("position")
    ]
    fields = {name: getattr(model, name) for name in names}
    return msgspec.convert(fields | {"columns": columns}, Layout)
