"""Measurements: each prints ours beside a reference from the same run, and the bar."""
