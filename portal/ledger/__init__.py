"""The books: accounts, transfers, and the proof that they agree."""
