"""The timeline: the one order of everything that a screen may show, and every feed.

Writes `kanvas.feed.v1` and its side logs; answers feeds from the recent log in memory and, below
that, from views in Cassandra.
"""
