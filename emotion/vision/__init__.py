"""Pixels to faces: find them, score them, follow them. Start at :mod:`emotion.vision.engine`."""
