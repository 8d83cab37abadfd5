"""Why somebody sees a record, or does not: asked of the mechanisms that decide, for any account."""
