"""Faces to emotions, live and in recorded videos."""
