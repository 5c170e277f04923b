"""The training project is none of the workspace: its modules without PyTorch are found here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "libs/painters/training/src"))
