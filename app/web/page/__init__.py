"""What pages share: menu, links to records, formats, paging, what a person has arranged."""
