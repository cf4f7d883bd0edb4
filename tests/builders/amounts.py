"""Texts that are no amounts, or too large or too fine ones, for every door that takes one."""

from __future__ import annotations

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS_SIGN = "\N{MINUS SIGN}"

# With a sign. A door that takes corrections reads the first alone.
SIGNED = ("-1", "-0", "+1", f"{MINUS_SIGN}1", "--1", "1-")

# More than the portal keeps.
TOO_MANY_DIGITS = ("1000000000", "9" * 10_000)

OF_NO_LANGUAGE = (
    *("1e9", "1E9", "1e-05", "NaN", "nan", "Infinity", "-Infinity", "inf", "0x10", "0b1", "1_000"),
    *("１２", "１", "１．５", "١٢", "١٫٥", "१२", "²", "½", "Ⅻ", "一"),
    *("1 000", f"1{NO_BREAK_SPACE}000", " 1", "1 ", f"1{NO_BREAK_SPACE}", " ", NO_BREAK_SPACE),
    *(
        "1\t",
        "1\n",
        "1'000",
        "$1",
        "1 USD",
        "1 €",
        "one",
        "1;2",
        "1/2",
        "1%",
        "<b>1</b>",
        "1\u200b",
    ),
)

# To whoever writes a point; and to whoever writes a comma, with both exchanged.
OF_POINTS = ("1,5", "1,500", "1,500.00", "1.500,00", "1.", ".5", ".", "1.5.0", "1..5")
TOO_FINE = ("0.0000001", "1.0000000")


def with_comma(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The same mistakes as a writer of commas makes them."""
    return tuple(text.translate(str.maketrans(".,", ",.")) for text in texts)


POINT_DOOR = (*SIGNED, *OF_NO_LANGUAGE, *OF_POINTS)
"""What no door reads whose people, or programs, write a point."""

COMMA_DOOR = (*SIGNED, *OF_NO_LANGUAGE, *with_comma(OF_POINTS))
"""What no door reads whose people write a comma."""

# One mistake of each kind, for doors behind which stands the same reader.
FEW_POINT = (
    *("-1", "-0", "+1", "1e9", "NaN", "Infinity", "１２", "١٢", "0x10", "1_000"),
    *("1,5", "1.500,00", "1 000", f"1{NO_BREAK_SPACE}000", " 1", "$1"),
)
FEW_COMMA = with_comma(FEW_POINT)
