"""Software vendors who are credited by identifier."""
