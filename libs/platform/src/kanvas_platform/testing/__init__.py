"""Doubles of the platform's ports, held to the same contract suites as the real adapters."""
