"""Standard errors of rates over pictures that are not independent: crops of the same object."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

_ROUNDS = 2000
_SEED = 0


def clustered_standard_error(hits: Sequence[bool], clusters: Sequence[Hashable]) -> float | None:
    """Return the standard error of the share of hits, by a bootstrap over whole clusters.

    Pictures of one object hit or miss together; drawing objects rather than pictures shows how
    the share would vary with other objects of the kind (Field and Welsh, "Bootstrapping clustered
    data", JRSS B 2007). The draws are seeded: equal hits give equal errors.

    Args:
        hits: one a picture.
        clusters: to which cluster each picture belongs, such as its object, same length.

    Returns:
        The standard deviation of the share over the draws; None with fewer than two clusters.
    """
    names = sorted(set(clusters), key=repr)
    if len(names) < 2:
        return None
    index_of = {name: index for index, name in enumerate(names)}
    membership = [index_of[cluster] for cluster in clusters]
    sizes = np.bincount(membership, minlength=len(names))
    hit_counts = np.bincount(membership, weights=np.asarray(hits, float), minlength=len(names))
    equal = np.full(len(names), 1 / len(names))
    draws = np.random.default_rng(_SEED).multinomial(len(names), equal, size=_ROUNDS)
    return float(np.std((draws @ hit_counts) / (draws @ sizes)))
