"""From words to a brief, in three passes: tokens, phrases, relations.

`reader.py` is the door. What a language knows stands in `lexicon/`, not in Python.
"""
