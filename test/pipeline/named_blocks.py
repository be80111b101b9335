"""Three blocks on a table, and what knows their names."""

import numpy as np
from made_table import BLUE, RED

LEFT, MIDDLE, RIGHT = (150, 200), (400, 200), (480, 320)
CUP, CAN, PEN = ("cup", *LEFT), ("can", *MIDDLE), ("pen", *RIGHT)
BLOCKS = (
    (*LEFT, RED, 40, 0.04),
    (*MIDDLE, BLUE, 40, 0.05),
    (*RIGHT, BLUE, 44, 0.07),
)


class Named:
    """Knows what stands where; everything else fits a little."""

    def __init__(self, *things, familiar=0.0):
        self.things, self.share = things, familiar
        self.asked = []

    def fits(self, frame, segments, phrases):
        self.asked.append(tuple(phrases))
        return np.array([[self._fit(one, phrase) for phrase in phrases] for one in segments])

    def _fit(self, segment, phrase):
        return 0.9 if any(n in phrase and segment.mask[y, x] for n, x, y in self.things) else 0.1

    def familiar(self, frame, segments):
        return np.full(len(segments), self.share)
