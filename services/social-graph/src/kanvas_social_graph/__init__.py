"""The social graph: accounts, credentials, follows and blocks.

Writes `kanvas.graph.v1` and its side log `kanvas.credentials.v1`; holds everything that it
answers from in memory, folded from those logs.
"""
