"""Demonstration data: a generator of believable records, driven by the recipes of metadata/demo/."""
