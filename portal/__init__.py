"""A white-label SMS reseller portal: one installation, a portal of its own for each reseller."""
