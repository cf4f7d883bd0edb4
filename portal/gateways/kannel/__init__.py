"""A gateway through Kannel, spoken to over its sendsms interface."""
