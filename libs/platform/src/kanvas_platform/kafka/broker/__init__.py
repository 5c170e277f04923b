"""The port to Kafka (`port`), and its adapter by aiokafka."""
