"""What a message costs: destinations, price lists, packages, markup, rating, bundles."""
