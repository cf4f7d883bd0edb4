"""Deposits through payment providers."""
