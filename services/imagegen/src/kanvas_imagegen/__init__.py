"""The image service: jobs, the scheduler, workers and the models that Triton serves."""
