"""The running product: a runtime that gives generated declarations their behaviour."""
