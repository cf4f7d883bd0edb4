"""Walks through the whole portal in a browser; a package, so that its portal ends with it."""
