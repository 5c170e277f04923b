"""The image service: jobs, the scheduler, and workers that drive the models in Triton."""
