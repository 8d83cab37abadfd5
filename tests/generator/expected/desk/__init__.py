"""前台. Generated from metadata/desk/; do not edit."""
