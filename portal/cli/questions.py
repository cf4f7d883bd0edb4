"""What a command has to be told: by an option, by a variable, or at the prompt."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from portal.accounts import passwords
from portal.accounts.errors import WeakPassword
from portal.infra.processes import CannotStart


@dataclass(frozen=True)
class Question:
    """Something to be told; a secret is never an option, which other users could see."""

    name: str
    asks: str
    check: Callable[[str], str]
    default: str = ""
    secret: bool = False
    optional: bool = False

    @property
    def option(self) -> str:
        """The option's name."""
        return "--" + self.name.replace("_", "-")


def add_options(
    parser: argparse.ArgumentParser, questions: Iterable[Question], *, variable: str = ""
) -> None:
    """An option for every question that is no secret; `variable` is the pattern of their names."""
    for question in questions:
        if not question.secret:
            named = f" ({variable.format(question.name.upper())})" if variable else ""
            parser.add_argument(question.option, metavar="TEXT", help=f"{question.asks}{named}")


def answer(
    question: Question,
    args: argparse.Namespace,
    environment: Mapping[str, str],
    *,
    variable: str = "",
    default: str = "",
) -> str:
    """What was told, or asked for where somebody sits at a terminal, or the default.

    Raises:
        CannotStart: it will not do, or nobody has told it and there is no default.
    """
    named = variable.format(question.name.upper())
    told = getattr(args, question.name, None) or environment.get(named)
    if told is not None:
        try:
            return question.check(told)
        except ValueError as wrong:
            raise CannotStart(f"{question.option} {wrong}.") from None
    default = default or question.default
    if sys.stdin.isatty():
        return _asked(question, default=default)
    if default or question.optional:
        return default
    raise CannotStart(f"{question.asks} is not told: set {named or question.option}.")


def password(text: str) -> str:
    """A password that is not among those that are guessed first.

    Raises:
        ValueError: it is.
    """
    try:
        passwords.refuse_weak(text)
    except WeakPassword as weak:
        raise ValueError(f"is too weak ({weak.why}); take 12 characters or more") from None
    return text


def _asked(question: Question, *, default: str) -> str:
    """Ask until the answer will do."""
    hint = f" [{default}]" if default else ""
    while True:
        prompt = f"{question.asks}{hint}: "
        typed = getpass.getpass(prompt) if question.secret else input(prompt)
        if not typed and question.optional and not default:
            return ""
        try:
            return question.check(typed or default)
        except ValueError as wrong:
            print(f"  That {wrong}.")
