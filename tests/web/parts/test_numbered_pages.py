"""Pages that are counted: the one that is asked for, and the way to those beside it."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.web.parts import numbered_pages


@pytest.mark.parametrize(
    ("address", "number", "rows", "before", "after"),
    [
        ("/x", 1, range(50), None, "/x?page=2"),
        ("/x?q=a&page=2", 2, range(50, 100), "/x?q=a&page=1", "/x?q=a&page=3"),
        ("/x?page=3", 3, range(100, 120), "/x?page=2", None),
        ("/x?page=99", 3, range(100, 120), "/x?page=2", None),
        ("/x?page=0", 1, range(50), None, "/x?page=2"),
        ("/x?page=-1", 1, range(50), None, "/x?page=2"),
        ("/x?page=٣", 1, range(50), None, "/x?page=2"),
        ("/x?page=" + "9" * 99, 1, range(50), None, "/x?page=2"),
    ],
)
def test_a_page_is_the_one_asked_for(
    address: str, number: int, rows: range, before: str | None, after: str | None
) -> None:
    with Flask("x").test_request_context(address):
        page = numbered_pages.cut(range(120))
    assert (page.number, page.of, page.total, page.rows) == (number, 3, 120, list(rows))
    assert (page.prev_url, page.next_url) == (before, after)


def test_a_list_of_nothing_is_one_page() -> None:
    with Flask("x").test_request_context("/x?other=2"):
        page = numbered_pages.cut([], parameter="other")
    assert (page.number, page.of, page.rows, page.prev_url, page.next_url) == (1, 1, [], None, None)
