"""Messages: counting, accepting, dispatching, and what became of them."""
