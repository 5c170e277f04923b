"""Pure parts: what a client may see, what an event looks like, what a ring remembers."""
