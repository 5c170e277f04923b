"""A painter that is a small network: told the words, shown where the drawings would stand."""
