"""Mayfly's runtime client for Python 3.8 and newer: standard library only, a module per subject."""
