"""因公出国. Generated from metadata/outbound/; do not edit."""
