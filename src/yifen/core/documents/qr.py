"""QR codes as SVG, for pages and for documents: no style attribute, no script, sized by whoever shows it."""

import io

import segno

QUIET_ZONE = 4
"""Modules of white around the code; the standard (ISO/IEC 18004) asks for four."""


def qr_svg(text: str, *, robust: bool = False) -> bytes:
    """An SVG that fills its box (viewBox only), black on white whatever the page's colours.

    `robust` keeps the code readable when a quarter of it is scratched or hidden: for posters.
    CSS finds its squares by the class `qr-modules`. Raises ValueError for more text than a code
    can hold (some 2,900 bytes, 1,600 when robust).
    """
    code = segno.make(text, error="q" if robust else "m", micro=False)
    svg = io.BytesIO()
    code.save(
        svg, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True,
        xmldecl=False, nl=False, svgclass=None, lineclass="qr-modules",
    )  # fmt: skip
    return svg.getvalue()
