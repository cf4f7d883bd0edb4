"""Inbound numbers: stock, assignment and fees."""
