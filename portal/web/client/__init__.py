"""The pages of a client."""

from portal.web.client import account, dashboard, messages, send, statement
from portal.web.client.pages import blueprint

__all__ = ["account", "blueprint", "dashboard", "messages", "send", "statement"]
