"""What words mean, as numbers: a small text encoder that ships with the package."""
