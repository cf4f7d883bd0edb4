"""Read across features: traffic, revenue, balances, and the export of the books."""
