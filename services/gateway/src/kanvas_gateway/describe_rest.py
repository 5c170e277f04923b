"""`python -m kanvas_gateway.describe_rest` prints the OpenAPI description of REST."""

import json
import sys
from importlib import metadata

from kanvas_gateway.entrypoints.http.app import describe

if __name__ == "__main__":
    json.dump(describe(metadata.version("kanvas-gateway")), sys.stdout, indent=1)
