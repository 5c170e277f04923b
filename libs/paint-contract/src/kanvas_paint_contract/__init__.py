"""What a model takes and what it refuses: the part that callers and painters must agree on."""
