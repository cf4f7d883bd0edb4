"""How a simulated PayPal calls things, and what a demonstration's resellers have there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

DEMO_CLIENT: Final = "demo-client-of-"


@dataclass(frozen=True)
class Hook:
    """Where an account is told of events, and the webhook that they are signed for."""

    url: str
    webhook_id: str


def demo_client(slug: str) -> str:
    """The client id of a demonstration's reseller."""
    return DEMO_CLIENT + slug


def demo_secret(slug: str) -> str:
    """Its secret, which is none, since nothing here is worth any money."""
    return sha256(demo_client(slug).encode()).hexdigest()


def demo_webhook(slug: str) -> str:
    """The id of its webhook."""
    return demo_secret(slug)[:17].upper()


def merchant_of(client: str) -> str:
    """What PayPal calls an account."""
    return sha256(client.encode()).hexdigest()[:13].upper()


def number() -> str:
    """A number such as PayPal gives to everything."""
    return secrets.token_hex(9)[:17].upper()


def now() -> str:
    """The moment, as PayPal writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
