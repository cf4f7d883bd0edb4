"""The way out: adapters to whoever carries a message to the phone."""
