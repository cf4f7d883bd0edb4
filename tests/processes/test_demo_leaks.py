"""No portal of the demonstration names the operator or the other one, whoever looks at it."""

from __future__ import annotations

import re

import pytest

from tests.builders.running import Portal

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]


def test_the_demonstration_has_no_trace_of_others(single: Portal) -> None:
    status, said = single.command("leaks", "sunny", "harbour")
    found = dict(re.findall(r"^(\w+): no trace of anybody else \((\d+) pages", said, re.MULTILINE))
    assert (status, sorted(found)) == (0, ["harbour", "sunny"]), said
    assert all(int(pages) > 150 for pages in found.values())
