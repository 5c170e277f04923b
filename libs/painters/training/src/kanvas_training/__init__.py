"""How easel, its text encoder and the judge of both painters come to be. Needs PyTorch."""
