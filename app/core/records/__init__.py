"""Records: read, checked, written and changed through one door, whatever the object."""
