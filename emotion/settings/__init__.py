"""Every tunable: what the environment may say, validated on the way in, in one frozen value.

``dashboard`` has the whole; what has rules of its own stands apart: ``auth``, ``network``, ``rtc``.
"""

from emotion.settings.dashboard import SERVER_FIELDS, DetectorName, Layer, LogFormat, Privacy, Settings

__all__ = ["SERVER_FIELDS", "DetectorName", "Layer", "LogFormat", "Privacy", "Settings"]
