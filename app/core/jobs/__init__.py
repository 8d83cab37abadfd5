"""What runs later: timed jobs, long jobs, and what leaves the house."""
