"""Real counterparts for tests: servers, a proxy, an authority, a home full of other tools' files."""
