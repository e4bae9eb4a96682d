"""Pages, forms and the API: where Fast Channel speaks to a person."""
