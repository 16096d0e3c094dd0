"""Builds what administrators install: see docs/packages.md."""
