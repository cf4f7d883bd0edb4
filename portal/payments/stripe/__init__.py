"""Stripe: Checkout Sessions on Stripe's own page, with the reseller's keys."""
