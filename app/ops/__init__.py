"""Running the product: command line, processes, logs, backup."""
