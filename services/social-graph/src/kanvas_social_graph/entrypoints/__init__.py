"""Ways in: gRPC."""
