"""Deposits by bank transfer: the reseller's account, references, statements and their lines."""
