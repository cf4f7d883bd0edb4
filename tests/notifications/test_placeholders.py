import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notifications import placeholders
from portal.notifications.placeholders import Kind, Ours, Theirs, UnknownPlaceholder, fill

KNOWN = ["firstname", "lastname", "company", "balance", "portal", "url"]
TYPED = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "name", "nearest"),
    [
        ("Hello [fristname]", "fristname", "firstname"),
        ("Hello [Firstname]", "Firstname", "firstname"),
        ("[balance] [amount]", "amount", "portal"),
        ("<a href='[ur]'>", "ur", "url"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(text: str, name: str, nearest: str) -> None:
    with pytest.raises(UnknownPlaceholder) as refused:
        placeholders.check(text, KNOWN)
    assert (refused.value.name, refused.value.nearest) == (name, nearest)


def test_where_nothing_is_known_nothing_is_near() -> None:
    with pytest.raises(UnknownPlaceholder) as refused:
        placeholders.check("[firstname]", [])
    assert refused.value.nearest is None


@pytest.mark.parametrize(
    "text", ["", "Hello [firstname]", "[1]", "[ firstname ]", "[SALE]", "[a-b]", "[]", "[" * 50]
)
def test_known_names_and_other_brackets_pass(text: str) -> None:
    placeholders.check(text, KNOWN)


def test_names() -> None:
    assert list(placeholders.names("[url] [x] [url] [Y]")) == ["url", "x", "url"]


@pytest.mark.parametrize("into", Kind)
def test_unknown_names_stay(into: Kind) -> None:
    assert fill("Hi [nobody] [X] [1]", {"x": Ours("no")}, into=into) == "Hi [nobody] [X] [1]"


@pytest.mark.parametrize("into", Kind)
@pytest.mark.parametrize("typed", ["[balance]", "{{7*7}}", "{0}", "%(balance)s", "$balance", r"\1"])
def test_a_value_that_looks_like_a_name_prints_itself(into: Kind, typed: str) -> None:
    values = {"firstname": Theirs(typed), "balance": Ours("9.00 EUR")}
    assert fill("[firstname]: [balance]", values, into=into) == f"{typed}: 9.00 EUR"


def test_html() -> None:
    values = {
        "company": Theirs("Ada & Söhne <b>\"'\r\nX"),
        "balance": Ours("< 5 EUR"),
        "url": Ours("https://a.example/?b=1&c=2", markup='<a href="https://a.example/">here</a>'),
    }
    assert fill("<p>[company] [balance] [url]</p>", values, into=Kind.HTML) == (
        "<p>Ada &amp; Söhne &lt;b&gt;&quot;&#x27; X &lt; 5 EUR"
        ' <a href="https://a.example/">here</a></p>'
    )


def test_inside_of_a_tag_only_ours_are_filled_in() -> None:
    values = {"url": Ours("https://a.example/?b=1&c=2"), "company": Theirs("javascript:alert(1)")}
    text = "<a title='>' href=\"[url]\">[company]</a> <a href='[company]'>x</a>"
    assert fill(text, values, into=Kind.HTML) == (
        "<a title='>' href=\"https://a.example/?b=1&amp;c=2\">javascript:alert(1)</a>"
        " <a href='[company]'>x</a>"
    )


def test_a_less_than_in_the_text_hides_no_name() -> None:
    values = {"balance": Ours("4")}
    assert fill("[balance] < 5 and [balance] > 3", values, into=Kind.HTML) == "4 < 5 and 4 > 3"


def test_plain_text_keeps_what_is_ours_and_puts_theirs_on_one_line() -> None:
    values = {"company": Theirs("A\r\n\r\nB"), "balance": Ours("1\n2")}
    assert fill("a\n[company]\n[balance] <&>", values, into=Kind.PLAIN) == "a\nA B\n1\n2 <&>"


def test_a_header_is_one_line() -> None:
    values = {"company": Theirs("A\r\nBcc: x@example.org"), "balance": Ours("1\n2")}
    assert (
        fill("Re:\r\n[company]\u2028[balance]", values, into=Kind.HEADER)
        == "Re: A Bcc: x@example.org 1 2"
    )


@given(TYPED)
def test_html_has_no_markup_of_theirs(typed: str) -> None:
    filled = fill("[name]", {"name": Theirs(typed)}, into=Kind.HTML)
    assert not set(filled) & set("<>\"'")
    assert re.sub(r"&(amp|lt|gt|quot|#x27);", "", filled).count("&") == 0


@given(TYPED, TYPED, st.sampled_from([Ours, Theirs]))
def test_a_header_never_has_a_second_line(
    text: str, typed: str, trust: type[Ours | Theirs]
) -> None:
    filled = fill(text + "[name]", {"name": trust(typed)}, into=Kind.HEADER)
    assert len(filled.splitlines()) <= 1
    assert not set(filled) & set("\r\n\x00")


@given(TYPED, st.sampled_from(Kind))
def test_a_value_is_put_in_once_and_not_looked_at_again(typed: str, into: Kind) -> None:
    values = {"a": Theirs(f"[b]{typed}[b]"), "b": Ours("never")}
    filled = fill("x[a]y", values, into=into)
    assert filled.startswith("x[b]")
    assert filled.endswith("[b]y")
    assert "never" not in filled.replace(typed, "")


@given(TYPED, st.sampled_from(Kind))
def test_any_text_can_be_filled(text: str, into: Kind) -> None:
    fill(text, {"name": Theirs("x")}, into=into)
