"""Resellers: their host names, settings and looks."""
