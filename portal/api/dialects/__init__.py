"""Interfaces that speak like other services, so that their client libraries work unchanged."""
