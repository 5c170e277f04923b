"""How long these tests wait for what has to happen."""

PATIENCE_SECONDS = 150.0
"""For a server to start, come back, or notice something, on a machine as busy as can be.

No promise of the product: only a test that fails waits so long. Below the limit of a test.
"""
