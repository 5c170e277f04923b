"""What a reader does with records that it cannot use: set them aside, stop, go past them."""
