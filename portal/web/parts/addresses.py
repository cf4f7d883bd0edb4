"""Ids in addresses."""

from __future__ import annotations

from typing import Final

ID: Final = "int(max=9223372036854775806)"
"""A converter for rules: what no column could hold is no address, rather than an error later.

The largest number of all is none either, so that each id has one above it to look below."""
