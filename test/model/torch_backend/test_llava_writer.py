"""Nothing is read twice, and nothing that saves time changes an answer."""

import pytest
import torch
from tiny_llava import llama_tokenizer, tiny_llava

from rt_grasp_ros.grasp.errors import AnswerCancelled
from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.prompt import END_TOKEN, Turn
from rt_grasp_ros.model.decoding.grammar import AnswerGrammar
from rt_grasp_ros.model.decoding.n_gram_drafter import foreseen
from rt_grasp_ros.model.decoding.prompt_tokens import PromptTokens
from rt_grasp_ros.model.decoding.written_answer import WrittenAnswer
from rt_grasp_ros.model.torch_backend.llava_writer import LlavaWriter
from rt_grasp_ros.model.torch_backend.static_decoding import StaticDecoder

pytestmark = pytest.mark.torch

TOKENIZER = llama_tokenizer()
SIZE = TOKENIZER.get_vocab_size()
GRAMMAR = AnswerGrammar.of(TOKENIZER, SIZE, TOKENIZER.token_to_id(END_TOKEN))
BUDGET = 60
DRAFT = 4


@pytest.fixture(scope="module")
def llava():
    return tiny_llava(SIZE)


def pixels(seed):
    return torch.randn(1, 3, 56, 56, generator=torch.Generator().manual_seed(seed))


class Bench:
    """A writer whose passes are counted."""

    def __init__(self, llava, drafter=None, draft_tokens=DRAFT):
        self.decoder = StaticDecoder(llava, GRAMMAR, 400, draft_tokens)
        self.writer = LlavaWriter(llava, self.decoder, GRAMMAR, BUDGET, drafter)
        self.pictures_read = []
        self.places_read = []
        prefill = self.decoder.prefill

        def counted(embeddings, start, budget):
            self.places_read.append(embeddings.shape[1])
            return prefill(embeddings, start, budget)

        self.decoder.prefill = counted

    def ask(self, command, picture=0, history=(), **options):
        def read():
            self.pictures_read.append(picture)
            return pixels(picture)

        tokens = PromptTokens.encode(TOKENIZER, command, history)
        return self.writer.write(str(picture).encode(), read, tokens, **options)


class Oracle:
    """Foresees an answer, wrongly at some places."""

    def __init__(self, answer, wrong_at=()):
        self.answer, self.wrong_at = answer, wrong_at

    def draft(self, token_ids):
        place = len(token_ids)
        return [
            (token + 1) % SIZE if place + offset in self.wrong_at else token
            for offset, token in enumerate(self.answer[place : place + DRAFT])
        ]


@pytest.fixture(scope="module")
def plain(llava):
    return Bench(llava, draft_tokens=0).ask("grasp the mug")


def test_an_answer_can_be_read(plain):
    assert parse_answer(TOKENIZER.decode(plain.token_ids), 640, 480, plain.score)
    assert 0 < plain.score <= 1
    assert len(plain.token_ids) <= BUDGET


@pytest.mark.parametrize("wrong_at", [None, (), (1, 6), tuple(range(60))])
def test_foresight_right_or_wrong_changes_nothing(llava, plain, wrong_at):
    drafter = None if wrong_at is None else Oracle(plain.token_ids, wrong_at)
    answer = Bench(llava, drafter).ask("grasp the mug")
    assert answer.token_ids == plain.token_ids
    assert answer.score == pytest.approx(plain.score, rel=1e-4)


def test_running_ahead_changes_nothing(llava, plain):
    bench = Bench(llava, Oracle(plain.token_ids, tuple(range(0, 60, 2))))
    bench.decoder.runs_ahead = True
    assert bench.ask("grasp the mug").token_ids == plain.token_ids
    assert bench.ask("grasp the mug", picture=1).token_ids != plain.token_ids
    assert bench.ask("grasp the mug").token_ids == plain.token_ids


def test_tokens_without_a_choice_are_drafted_without_foresight(llava):
    bench = Bench(llava)
    drafts = []
    verify = bench.decoder.verify
    bench.decoder.verify = lambda draft: drafts.append(draft) or verify(draft)
    number = TOKENIZER.encode("x 0.123", add_special_tokens=False).ids
    state = GRAMMAR.state_after(number)
    bench.ask("grasp the mug")
    answer = WrittenAnswer(number, state)
    ids = answer.token_ids
    assert foreseen(ids, state, GRAMMAR, None, DRAFT) == TOKENIZER.encode("a y 0.").ids[2:]
    for draft in drafts:
        assert len(draft) <= DRAFT


def test_a_picture_is_read_once_for_all_commands_about_it(llava):
    bench = Bench(llava)
    bench.ask("grasp the mug")
    second = bench.ask("take the red handle")
    assert bench.pictures_read == [0]
    assert bench.places_read[1] <= len(PromptTokens.encode(TOKENIZER, "take the red handle").after)
    assert second.token_ids == Bench(llava).ask("take the red handle").token_ids


def test_a_follow_up_reads_only_what_is_new(llava):
    bench = Bench(llava)
    first = bench.ask("grasp the mug")
    history = [Turn("grasp the mug", TOKENIZER.decode(first.token_ids))]
    follow_up = bench.ask("the other end", history=history)
    assert bench.pictures_read == [0]
    whole = Bench(llava)
    assert follow_up.token_ids == whole.ask("the other end", history=history).token_ids
    assert bench.places_read[1] < whole.places_read[0]


def test_another_picture_is_read_anew(llava):
    bench = Bench(llava)
    bench.ask("grasp the mug")
    other = bench.ask("grasp the mug", picture=1)
    assert bench.pictures_read == [0, 1]
    assert other.token_ids == Bench(llava).ask("grasp the mug", picture=1).token_ids


def test_tokens_are_told_as_they_come(llava, plain):
    told = []
    answer = Bench(llava).ask("grasp the mug", on_tokens=told.append)
    assert [token for tokens in told for token in tokens] == answer.token_ids
    assert len(told) > 5


def test_it_stops_between_tokens_and_goes_on_with_what_it_read(llava, plain):
    told = []
    bench = Bench(llava)
    with pytest.raises(AnswerCancelled):
        bench.ask("grasp the mug", on_tokens=told.append, is_cancelled=lambda: len(told) == 4)
    assert len(told) == 4
    assert bench.ask("grasp the mug").token_ids == plain.token_ids
    assert bench.pictures_read == [0]


def test_a_picture_that_fails_leaves_nothing_half_read(llava, plain):
    bench = Bench(llava)
    bench.ask("grasp the mug", picture=1)

    def fail():
        raise MemoryError

    tokens = PromptTokens.encode(TOKENIZER, "grasp the mug")
    with pytest.raises(MemoryError):
        bench.writer.write(b"2", fail, tokens)
    assert bench.ask("grasp the mug").token_ids == plain.token_ids
