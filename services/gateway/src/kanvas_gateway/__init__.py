"""The gateway: REST, the page and the live stream; it decides nothing, and keeps no state."""
