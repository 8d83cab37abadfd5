"""What people see: the frame, lists, forms, cases, REST and Excel, over the records of the core."""
