"""REST, media and the page."""
