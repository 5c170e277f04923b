"""What `make demo`, the seed and the chaos run have in common: clients that use Kanvas."""
