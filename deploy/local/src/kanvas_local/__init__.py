"""Kanvas on one machine: real servers and the services, as supervised processes."""
