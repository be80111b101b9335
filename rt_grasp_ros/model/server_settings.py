"""How to reach a server that runs the model."""

from __future__ import annotations

from dataclasses import dataclass

from ..grasp.errors import RequestInvalid

PICTURE_FORMATS = ("jpeg", "png")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """An OpenAI-compatible server and how long to wait for it.

    The key itself is no setting: it is read from the environment when a request is sent, so that
    it lies in no parameter file and no log.

    Attributes:
        url: where the interface begins, such as `http://gpu-server:8000/v1`.
        model: name under which the server knows the model; empty where it serves one only.
        key_variable: environment variable that holds the key; where it is unset, none is sent.
        picture_format: how pictures are sent: `jpeg` or, without loss but longer, `png`.
        connect_timeout_s: how long the server may take to accept a connection.
        first_token_timeout_s: how long it may think before the first word; a server that does not
            stream says all its words at once.
        total_timeout_s: how long one command may take, retries included.
        max_tokens: length at which an answer is cut off; 0 for that of the family.
        retries: how often a request is sent again where the server is busy or breaks off.
    """

    url: str = ""
    model: str = ""
    key_variable: str = "RT_GRASP_SERVER_KEY"
    picture_format: str = "jpeg"
    connect_timeout_s: float = 3.0
    first_token_timeout_s: float = 15.0
    total_timeout_s: float = 25.0
    max_tokens: int = 0
    retries: int = 2

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            RequestInvalid: a time-out is not positive, or the format is unknown.
        """
        timeouts_s = (self.connect_timeout_s, self.first_token_timeout_s, self.total_timeout_s)
        if min(timeouts_s) <= 0 or min(self.retries, self.max_tokens) < 0:
            raise RequestInvalid(
                "The model server's time-outs must be positive, its retries and tokens 0 or more."
            )
        if self.picture_format not in PICTURE_FORMATS:
            raise RequestInvalid(
                f"Pictures can't be sent as '{self.picture_format}'; choose one of "
                f"{', '.join(PICTURE_FORMATS)}."
            )
