"""What this service reaches outside: Cassandra."""
