"""Numbers kept over rows: noted while rows change, settled in one order, proved every night."""
