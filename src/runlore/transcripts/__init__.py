"""Bytes to events and problems; one module per format, listed in one dict."""
