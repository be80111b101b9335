"""An answer of the model that leads to no grasp, or to none that can be trusted."""

from __future__ import annotations

from ..error_code import ErrorCode
from .model import ModelError


class AnswerGarbled(ModelError):
    """The model's answer holds no readable grasp."""

    code = ErrorCode.MODEL_ANSWER_GARBLED

    def __init__(self, answer: str) -> None:
        self.answer = answer
        super().__init__(
            f"The model's answer holds no readable grasp ('{answer[-60:]}'); say the command "
            "another way, or check that the checkpoint fits this version."
        )


class AnswerCancelled(ModelError):
    """The caller gave the answer up while it was written."""

    code = ErrorCode.CANCELLED

    def __init__(self) -> None:
        super().__init__("The answer was cancelled while it was written; send the command again.")


class ObjectNotFound(ModelError):
    """The model says that the named object is not in the picture."""

    code = ErrorCode.OBJECT_NOT_FOUND

    def __init__(self, reasoning: str) -> None:
        self.reasoning = reasoning
        super().__init__(
            f"The model does not see what was asked for ('{reasoning[:160]}'); "
            "name an object that is in the picture."
        )


class AbsenceUnsure(ModelError):
    """The model does not see the named object, but was not shown enough to say that it is absent.

    Attributes:
        reasoning: the model's.
        doubt: why it may be there all the same, and what to do.
    """

    code = ErrorCode.ABSENCE_UNSURE

    def __init__(self, reasoning: str, doubt: str) -> None:
        self.reasoning, self.doubt = reasoning, doubt
        super().__init__(
            f"The model does not see what was asked for ('{reasoning[:160]}'), but it may be there "
            f"all the same: {doubt}."
        )


class ChoiceDoubted(ModelError):
    """The model was shown the grasp once more, and says that it is not what was asked for."""

    code = ErrorCode.CHOICE_DOUBTED

    def __init__(self, phrase: str, words: str) -> None:
        self.phrase, self.words = phrase, words
        super().__init__(
            f"Shown the grasp once more, the model does not see the {phrase[:60]} between the "
            f"fingers ('{words[:160]}'); say it in other words, or ask for something else."
        )
