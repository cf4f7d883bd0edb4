"""The native REST interface, version 1."""
