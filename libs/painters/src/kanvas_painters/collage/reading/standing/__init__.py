"""How things stand to each other: part of the third pass.

Each function takes a state and returns the next one.
"""
