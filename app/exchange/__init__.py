"""What is exchanged with counterparts outside: contracts, messages, their log."""
