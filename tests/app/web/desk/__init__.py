"""A product with everything that a form can have: rows, picks, a resource, rules, papers, a draft."""
