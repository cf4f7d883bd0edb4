"""A simulation of PayPal for demonstrations and tests: no money moves, and every page says so."""
