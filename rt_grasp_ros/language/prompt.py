"""The prompt of the embedded model, in LLaVA-1.5's conversation format."""

IMAGE_TOKEN = "<image>"  # noqa: S105  (a placeholder in the text, not a secret)


def build_prompt(command: str) -> str:
    """Return the text that the model completes; `IMAGE_TOKEN` stands for the picture.

    The picture comes before the command, so that it is encoded once for all commands about it.
    """
    return f"USER: {IMAGE_TOKEN}\n{command.lower()} ASSISTANT:"
