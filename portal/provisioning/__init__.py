"""Make or change a whole reseller at once, with everything that belongs to it."""
