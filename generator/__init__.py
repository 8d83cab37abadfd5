"""The compiler: metadata in YAML becomes plain Python that only declares."""
