"""Files to frames and back. The only package beside ``web/stream.py`` that knows PyAV."""
