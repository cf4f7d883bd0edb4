"""The HTTP interfaces: the door programs come in by."""
