"""The console: the pages of the operator."""

from portal.web.operator import gateways, ledger, resellers
from portal.web.operator.pages import blueprint

__all__ = ["blueprint", "gateways", "ledger", "resellers"]
