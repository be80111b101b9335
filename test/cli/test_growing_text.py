import io

from rich.console import Console

from rt_grasp_ros.cli.growing_text import GrowingText


def shown(is_terminal):
    output = io.StringIO()
    console = Console(file=output, force_terminal=is_terminal, width=60)
    with GrowingText(console) as text:
        text.show("The [mug]")
        text._live.refresh()
        text.show("The [mug] lies on the left.")
        text._live.refresh()
    return output.getvalue()


def test_a_terminal_sees_the_text_grow():
    output = shown(is_terminal=True)
    assert output.index("The [mug]") < output.index("lies on the left.")


def test_a_file_gets_nothing_of_it():
    assert not shown(is_terminal=False).strip()
