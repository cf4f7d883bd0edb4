"""What a reseller pasted and no page shows is named; a link may be a telephone number."""

from __future__ import annotations

import pytest

from portal.tenancy.rich_text import LeftOut, cleaned, left_out

OURS = '<img src="/media/a.png" alt="a &quot; src=b">'


@pytest.mark.parametrize(
    ("written", "tags", "has_pictures"),
    [
        ("<p>Plain, {{7*7}} &lt;script&gt;</p>", (), False),
        ("<p>a</p><SCRIPT>alert(1)</script><script src=x></script>", ("script",), False),
        ('<form><input><iframe src="//e"></iframe></form>', ("form", "iframe", "input"), False),
        ("<table><tr><td>1</td></tr></table>", ("table",), False),
        (f"{OURS}<p>a</p>", (), False),
        (f'{OURS}<img src="https://e.test/x.png">', (), True),
        ("<IMG alt=x>", (), True),
        ('<img src="https://e.test/x.png" alt="it has src=/media/a.png">', (), True),
        ("<font color=red><div><section><o:p>as Word writes it</o:p></font>", (), False),
    ],
)
def test_it_is_named(written: str, tags: tuple[str, ...], has_pictures: bool) -> None:
    assert left_out(written, cleaned(written).source) == LeftOut(tags, has_pictures)


@pytest.mark.parametrize("number", ["tel:+15550100", "tel:555-0100"])
def test_a_link_may_be_a_telephone_number(number: str) -> None:
    assert f'href="{number}"' in cleaned(f'<a href="{number}">call</a>').source


@pytest.mark.parametrize("number", ["tel:", "tel:x", "tel:+", "tel:javascript:x"])
def test_a_link_to_no_number_leads_nowhere(number: str) -> None:
    assert "href" not in cleaned(f'<a href="{number}">call</a>').source
