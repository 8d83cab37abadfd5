"""Simulators of outside counterparts, each run as a process of its own, without the product."""
