"""The models that paint: a composer of drawings, a painting network, and what both share."""
