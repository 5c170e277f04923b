"""The pure heart: the state that the logs fold into, decisions on commands, and the rules."""
