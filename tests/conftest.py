"""Settings that hold for all tests."""

import os

from hypothesis import settings

# Timing is measured in benchmarks/; in CI the same examples run every time.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")
