"""Import and export of records as Excel workbooks, from the metadata, under the grants of a function."""
