"""The Cassandra kit: an asyncio bridge over the driver, statement rules, migrations."""
