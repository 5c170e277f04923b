"""How well prompts are read: the corpus of `libs/painters/corpus`, scored feature by feature."""
