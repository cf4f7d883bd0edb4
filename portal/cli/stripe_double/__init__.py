"""A simulation of Stripe for demonstrations and tests: no money moves, and every page says so."""
