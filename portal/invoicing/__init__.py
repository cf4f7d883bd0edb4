"""Invoices and statements."""
