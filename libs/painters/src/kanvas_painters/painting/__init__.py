"""What every painter shares: orders, turns, the files of pictures, and Triton's side of a model."""
