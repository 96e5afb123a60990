"""Trains the emotion network that lies in the package, from data to a LiteRT file. Start at :mod:`training.__main__`.

Nothing of it is needed, installed or imported where the dashboard runs.
"""
