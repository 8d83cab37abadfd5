"""What every answer goes through: headers, errors, compression, files, health and figures."""
