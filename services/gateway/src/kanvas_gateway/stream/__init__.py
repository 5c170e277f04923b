"""The live stream: from the feed's log to every open socket. docs/api/stream.md is the contract."""
