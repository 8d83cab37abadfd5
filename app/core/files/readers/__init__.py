"""What runs in a reader process (`app.core.files.reader_process`): it reads one file and writes what it found.

Nothing here may import the database, the registry or anything with a secret.
"""
