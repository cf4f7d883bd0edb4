"""PayPal as a provider of payments."""
