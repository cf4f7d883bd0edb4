"""What everybody who signs in has of their own, clients, staff and operator alike."""

from portal.web.account import (
    confirming,
    email,
    passkeys,
    password,
    profile,
    second_step,
    sessions,
)
from portal.web.account.pages import blueprint

__all__ = [
    "blueprint",
    "confirming",
    "email",
    "passkeys",
    "password",
    "profile",
    "second_step",
    "sessions",
]
