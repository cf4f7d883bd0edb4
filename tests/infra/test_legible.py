"""What nobody can see, or what turns other text, is in no name."""

import pytest

from portal.infra.legible import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada\t\n Weber  ", "Ada Weber"),
        ("Ada\x00\x07Weber", "Ada Weber"),
        ("Ada\x85Weber\u2028X\u2029Y", "Ada Weber X Y"),
        ("\u202eadA\u202c", "adA"),
        ("\u2066Ada\u2069\u200f\u061c", "Ada"),
        ("A\u200bd\u200da\ufeff\u00ad\u2060", "Ada"),
        ("\u3164\u115f\uffa0", ""),
        ("Ada\U000e0041", "Ada"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("Łódź Ünal 李 عمر", "Łódź Ünal 李 عمر"),
        ("Zoë \N{GRINNING FACE}", "Zoë \N{GRINNING FACE}"),
    ],
)
def test_one_line(typed: str, kept: str) -> None:
    assert one_line(typed) == kept
    assert one_line(kept) == kept
