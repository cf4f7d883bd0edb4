"""The numbers that the sandbox gateway answers for, each in its own way.

They lie in 555-0100 to 555-0199, which the North American Numbering Plan keeps for fiction: a
number there is well-formed, and can never be anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SANDBOX: Mapping[str, str] = MappingProxyType(
    {
        "delivered": "+12025550101",
        "slow": "+12025550102",
        "undelivered": "+12025550103",
        "rejected": "+12025550104",
        "no_report": "+12025550105",
        "silent": "+12025550106",
    }
)
"""What becomes of a message, and the number to send it to."""

BEHAVIOURS: Mapping[str, str] = MappingProxyType({phone: word for word, phone in SANDBOX.items()})
"""The same by number."""
