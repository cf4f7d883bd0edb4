"""The door providers come in by: delivery reports, inbound messages, payment notices."""

from portal.callbacks import gateways, inbound, payments
from portal.callbacks.hooks import blueprint

__all__ = ["blueprint", "gateways", "inbound", "payments"]
