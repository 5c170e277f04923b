"""What the composer knows of language: words for people, and names."""
