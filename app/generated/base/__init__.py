"""基础管理. Generated from metadata/base/; do not edit."""
