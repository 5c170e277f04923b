"""Where a state stands: layers in memory over an ordered store on disk."""
