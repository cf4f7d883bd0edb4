"""What a browser calls itself, in words that its owner knows: Firefox, Windows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse


@dataclass(frozen=True)
class Described:
    """A browser and the system that it runs on; empty where it does not say."""

    browser: str
    system: str

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.browser, self.system)))


@lru_cache(maxsize=1024)
def described(user_agent: str) -> Described:
    """The names in a browser's `User-Agent`, without versions, which change from week to week."""
    found = parse(user_agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    return Described(browser=browser, system=system)
