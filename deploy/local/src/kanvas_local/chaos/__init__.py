"""Mishaps that happen while people post, and an oracle that counts what was promised."""
