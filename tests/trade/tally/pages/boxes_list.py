"""The list of boxes."""

from yifen.face.lists.listing import Column, Listing

BOXES = Listing(
    name="boxes",
    title="捐款箱清单",
    permission="tally.view",
    export="tally.view",
    route="boxes/",
    source="FROM tally_box b LEFT JOIN tally_gift g ON g.box_id = b.id",
    key="b.id",
    empty="还没有捐款箱",
    columns=(
        Column("code", "b.code", "箱号", "code", order="up"),
        Column("amount_fen", "coalesce(g.amount_fen, 0)", "金额（元）", "amount", order="down"),
    ),
)
