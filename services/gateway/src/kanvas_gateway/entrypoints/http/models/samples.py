"""What the examples of the description name: one account, one session, one job, one post."""

ACCOUNT = "019a2c5e-7b10-7c3d-9f21-5a6b7c8d9e0f"
SESSION = "019a2c5e-8c20-7d4e-a132-6b7c8d9e0f1a"
JOB = "019a2c5f-0d42-7a81-8e34-0f1e2d3c4b5a"
POST = "019a2c60-11a8-7b5c-a1d2-3c4d5e6f7081"
PICTURE = f"{'ab' * 32}.webp"
