# Revisions are written by: python -m generator migrate -m TEXT
