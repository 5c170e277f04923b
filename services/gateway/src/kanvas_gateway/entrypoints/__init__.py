"""Roads in: REST, the live stream, gRPC."""
