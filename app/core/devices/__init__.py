"""What devices read into records, and the codes that they read."""
