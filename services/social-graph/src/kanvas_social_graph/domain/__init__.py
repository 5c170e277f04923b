"""The pure heart: the state that the logs fold into, and decisions on commands."""
