"""How far behind the sender's clock the quickest pictures come.

The clocks of two machines begin at different times and do not run at the same speed, so only the difference to the
quickest picture says how long one had to wait; and only to the quickest of late.
"""

from __future__ import annotations

import math

# Quartz clocks differ by 30 ppm or more: 430 ms after four hours, 2 ms within a minute. A picture that had not to wait
# comes within a minute wherever anybody can watch; a wait that is the same for longer looks like another clock.
WINDOW_S = 60.0


class LeastLag:
    """The least lag of the last half to whole :data:`WINDOW_S`: two minima, of this half of a window and the last."""

    def __init__(self) -> None:
        self._began_s = -math.inf
        self._last_half_s = self._this_half_s = math.inf

    def least(self, at_s: float, lag_s: float) -> float:
        """With this one counted. ``at_s`` is our own time, which does not go back."""
        past_s = at_s - self._began_s
        if past_s >= WINDOW_S / 2:
            # After a pause what was known is too old, too.
            self._last_half_s = self._this_half_s if past_s < WINDOW_S else math.inf
            self._began_s, self._this_half_s = at_s, math.inf
        self._this_half_s = min(self._this_half_s, lag_s)
        return min(self._last_half_s, self._this_half_s)
