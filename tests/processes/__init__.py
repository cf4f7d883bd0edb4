"""The whole portal as processes; a package, so that its portals end with it."""
