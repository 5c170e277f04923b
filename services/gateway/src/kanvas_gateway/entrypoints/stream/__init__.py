"""The live stream: sockets on a port of their own. docs/api/stream.md is the contract."""
