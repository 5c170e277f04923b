"""The social graph: accounts, credentials, sessions, exports, follows and blocks.

Writes `kanvas.graph.v1` and its side logs; answers from the state that those logs fold into.
"""
