"""What the pages of every audience are made of: fields, tables, navigation."""
