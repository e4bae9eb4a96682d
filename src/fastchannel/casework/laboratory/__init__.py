"""Laboratories' messages: read in two formats, matched to samples by their barcodes, and recorded as results."""
