"""People, roles, clients, sub-accounts, wallets, sessions and the record of who did what."""
