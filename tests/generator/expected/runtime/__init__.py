"""The runtime's objects. Generated from metadata/runtime/; do not edit."""
