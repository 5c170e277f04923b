"""Judging pictures: what is in them, where, and whether it is what the words asked for."""
