"""Doubles of this service's ports, for tests: in memory, and as strict as the real ones."""
