"""A gateway that carries nothing and answers as the recipient's number says."""
