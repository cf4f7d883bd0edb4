"""The door providers come in by: delivery reports, inbound messages, payment notices."""
