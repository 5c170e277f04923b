"""What stands in a log: its records, how they are numbered, and where to find one."""
