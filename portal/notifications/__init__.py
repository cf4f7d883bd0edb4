"""Mail in the reseller's words."""
