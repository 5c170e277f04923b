"""Kanvas on Kubernetes: `make k8s` writes what follows from the code, `make k8s-check` judges."""
