"""Writing logs: which instance leads, and how it commits what commands make."""
