"""The prefix cache: what the decoder has read about a picture, so that nothing is read twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..decoding.prefix import common_prefix, picture_key
from .decoder import Decoder, Floats, KvCache

PICTURES_KEPT = 4


class PrefixCache:
    """The tokens behind a picture that the decoder has read, and their cache.

    Attributes:
        token_ids: prompt and answer so far, from the picture on.
        cache: of everything, the picture included.
    """

    def __init__(self, decoder: Decoder, beginning: Floats) -> None:
        """Prepare for a picture; nothing is read yet.

        Args:
            decoder: what reads.
            beginning: embeddings of everything up to the picture's end, shape (T, hidden).
        """
        self._decoder = decoder
        self._unread: Floats = beginning
        self.beginning_length = len(beginning)
        self.token_ids: list[int] = []
        self.cache: KvCache = decoder.new_cache()

    def go_to(self, prompt_ids: Sequence[int]) -> Floats:
        """Read a prompt, as far as it differs from what was read.

        Args:
            prompt_ids: tokens from the picture on, at least one.

        Returns:
            Logits of the next token, shape (V,), overwritten by the next call.
        """
        same = common_prefix(self.token_ids, prompt_ids[:-1])
        self.go_back(same)
        return self.append(prompt_ids[same:])[0]

    def go_back(self, count: int) -> None:
        """Forget all tokens but the first `count` behind the picture."""
        del self.token_ids[count:]
        self.cache.length = min(self.cache.length, self.beginning_length + count)

    def append(self, token_ids: Sequence[int], kept: int = 1) -> Floats:
        """Read tokens.

        Args:
            token_ids: at least one.
            kept: of how many of the last tokens logits are wanted.

        Returns:
            Logits behind each of the last `kept`, shape (kept, V), overwritten by the next call.
        """
        embeddings = np.concatenate([self._unread, self._decoder.embed(token_ids)])
        logits = self._decoder.run(self.cache, embeddings, kept)
        self._unread = embeddings[:0]
        self.token_ids += token_ids
        return logits


class PrefixCaches:
    """The prefix caches of the latest pictures."""

    def __init__(self, capacity: int = PICTURES_KEPT) -> None:
        """Start empty.

        Args:
            capacity: how many pictures are kept; the one asked about longest ago goes first.
        """
        self._capacity = capacity
        self._caches: OrderedDict[bytes, PrefixCache] = OrderedDict()

    def recall(
        self, picture: NDArray[np.uint8], read: Callable[[NDArray[np.uint8]], PrefixCache]
    ) -> PrefixCache:
        """Return what was read about a picture, or begin to read it.

        Args:
            picture: what the vision tower sees, shape (h, w, 3), uint8.
            read: called with the picture where it is new.
        """
        key = picture_key(picture)
        prefix = self._caches.pop(key, None) or read(picture)
        self._caches[key] = prefix
        if len(self._caches) > self._capacity:
            self._caches.popitem(last=False)
        return prefix
