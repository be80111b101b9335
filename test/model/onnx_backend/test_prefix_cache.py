import numpy as np

from rt_grasp_ros.model.onnx_backend.prefix_cache import PrefixCache, PrefixCaches

HIDDEN, VOCABULARY = 4, 16


class Cache:
    length = 0


class CountingDecoder:
    """Remembers what it reads; its logits point at the last token."""

    def __init__(self):
        self.read: list[int] = []

    def new_cache(self):
        return Cache()

    def embed(self, token_ids):
        return np.repeat(np.array(token_ids, np.float32)[:, None], HIDDEN, axis=1)

    def run(self, cache, embeddings, kept=1):
        self.read.append(len(embeddings))
        cache.length += len(embeddings)
        return np.eye(VOCABULARY, dtype=np.float32)[embeddings[-kept:, 0].astype(int)]


def new_reading():
    decoder = CountingDecoder()
    return decoder, PrefixCache(decoder, np.zeros((10, HIDDEN), np.float32))


def test_the_picture_is_read_with_the_first_prompt_only():
    decoder, prefix = new_reading()
    assert prefix.go_to([1, 2, 3]).argmax() == 3
    assert prefix.go_to([1, 2, 3, 4, 5]).argmax() == 5
    assert decoder.read == [13, 2]
    assert prefix.cache.length == 15


def test_what_differs_is_forgotten():
    decoder, prefix = new_reading()
    prefix.go_to([1, 2, 3, 4])
    assert prefix.go_to([1, 9]).argmax() == 9
    assert decoder.read == [14, 1]
    assert prefix.token_ids == [1, 9]
    assert prefix.cache.length == 12


def test_the_last_token_is_read_again_for_its_logits():
    decoder, prefix = new_reading()
    prefix.go_to([1, 2, 3])
    assert prefix.go_to([1, 2, 3]).argmax() == 3
    assert prefix.go_to([1, 2]).argmax() == 2
    assert decoder.read == [13, 1, 1]


def test_going_back_and_on_keeps_several_rows():
    _, prefix = new_reading()
    prefix.go_to([1])
    assert prefix.append([5, 6, 7], kept=3).argmax(axis=1).tolist() == [5, 6, 7]
    prefix.go_back(2)
    assert prefix.token_ids == [1, 5]
    assert prefix.cache.length == 12


def test_pictures_are_told_apart_and_the_oldest_goes():
    made: list[int] = []
    memory = PrefixCaches(capacity=2)

    def recall(value, shape=(2, 3, 3)):
        return memory.recall(
            np.full(shape, value, np.uint8), lambda _: (made.append(value), new_reading()[1])[1]
        )

    first = recall(1)
    assert recall(1) is first
    assert recall(1, (3, 2, 3)) is not first
    recall(2)
    assert recall(1) is not first
    assert made == [1, 1, 2, 1]
