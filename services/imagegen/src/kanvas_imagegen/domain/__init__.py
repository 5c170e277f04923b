"""The pure heart: what a job is, which one is next, and what each command leads to."""
