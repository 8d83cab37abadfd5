"""A product as small as can be: one kind of organisation, four functions, seven roles."""
