"""What the HTTP doors share: tenant, actor, security headers, language, limits, unit of work."""
