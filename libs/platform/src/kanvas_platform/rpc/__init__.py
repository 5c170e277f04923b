"""The gRPC kit: one server, one client, one way for deadlines, identity, traces and errors."""
