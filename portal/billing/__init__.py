"""The clock side of money: package assignments, monthly fees, the refill of bundles."""
