"""The screens of reports: a table with its picture, the records behind a figure, workbooks."""
