"""`rt-grasp data templates`: more reasoning templates from a language model, for review."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from ..data.reasoning import load_reasoning
from ..data.template_synthesis import Proposal, add_to_review, propose, reviewed_categories
from ..grasp.errors import RequestInvalid
from ..model.server_settings import ServerSettings
from .report import write_json

KEY_VARIABLE = ServerSettings().key_variable


def add_action(actions: argparse._SubParsersAction) -> None:
    """Add the action."""
    parser = actions.add_parser(
        "templates",
        help="let a language model propose reasoning templates, for a person to review",
        description="Asks any server with OpenAI's chat interface twice for each category: to "
        "draft templates, then to refine them. Those that keep the rules and those that do not "
        "go into a review file; nothing that ships is changed. Categories that the file holds "
        f"are left alone. The server's key is read from the environment variable {KEY_VARIABLE}.",
    )
    parser.add_argument("--endpoint", required=True, help="such as http://127.0.0.1:8000/v1")
    parser.add_argument("--model", required=True, help="name under which the server knows it")
    parser.add_argument(
        "--category",
        action="append",
        help="which category, may be repeated (default: all of recorded.yaml); new ones are fine",
    )
    parser.add_argument("--count", type=int, default=6, help="templates a category (default 6)")
    parser.add_argument(
        "--timeout", type=float, default=120.0, help="seconds a reply may take (default 120)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/templates_review.yaml"),
        help="the review file (default out/templates_review.yaml)",
    )
    parser.add_argument("--json", help="file for the counts, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask category by category, so that a stopped run goes on."""
    if not 1 <= arguments.count <= 50:
        raise RequestInvalid("Ask for 1 to 50 templates a category with --count.")
    known = load_reasoning()
    done = reviewed_categories(arguments.out)
    wanted = [name for name in arguments.category or known.categories if name not in done]
    settings = ServerSettings(
        url=arguments.endpoint,
        model=arguments.model,
        first_token_timeout_s=arguments.timeout,
        total_timeout_s=arguments.timeout,
    )
    proposals = asyncio.run(_ask_for_all(wanted, arguments.count, settings, arguments.out))
    accepted = sum(len(proposal.templates) for proposal in proposals)
    refused = sum(len(proposal.refused) for proposal in proposals)
    if arguments.json:
        result = {"file": str(arguments.out), "asked": len(proposals), "kept_earlier": len(done)}
        write_json(result | {"templates": accepted, "refused": refused}, arguments.json)
    if arguments.json != "-":
        print(f"{arguments.out} holds {accepted} new templates to review; {refused} were refused")
    return 0


async def _ask_for_all(
    names: list[str], count: int, settings: ServerSettings, out: Path
) -> list[Proposal]:
    from ..model.openai_backend.chat_server import ChatServer

    server = ChatServer(settings)

    async def ask(messages: list[dict[str, str]]) -> str:
        (completion, *_) = await server.complete({"model": settings.model, "messages": messages})
        return completion.text

    proposals = []
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for name in progress.track(names, description="asking"):
            proposal = await propose(name, load_reasoning().category(name), count, ask)
            add_to_review(out, [proposal])
            proposals.append(proposal)
    return proposals
