"""Ways out: password hashing."""
