"""The pages: the door people come in by."""
