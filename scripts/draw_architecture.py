"""The drawing of the rooms in `docs/architecture.md`, made of what the code imports.

`python -m scripts.draw_architecture` writes it again; a test fails where it is not what the code
gives. A layered drawing after Sugiyama, Tagawa and Toda (1981): each room one layer above the
highest that it imports of, long arrows bent around rooms, order by the mean of the neighbours.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path

from scripts.room_imports import PACKAGE, ROOT, read_tree, room_graph

DRAWING = ROOT / "docs" / "images" / "rooms.svg"
BOX_PX, LAYER_PX, GAP_PX, EDGE_PX = (152, 92), 142, 14, 16
"""Width and height of a room, distance of layers, between neighbours, and around the drawing."""

SWEEPS = 24

Graph = Mapping[str, Iterable[str]]
Bend = tuple[str, str, int]
"""Where an arrow from one room to another passes a layer."""


def reduced(graph: Graph) -> dict[str, list[str]]:
    """Return a graph without the arrows that a chain of others already says."""
    return {
        room: sorted(
            other
            for other in others
            if not any(other in reached(graph, via) for via in others if via != other)
        )
        for room, others in graph.items()
    }


def reached(graph: Graph, start: str) -> set[str]:
    """Return every node that arrows lead to from one."""
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += graph[node]
    return found


def depths(graph: Graph) -> dict[str, int]:
    """Return of each room how many lie below it; 0 where it imports of none."""

    def depth(room: str) -> int:
        return 1 + max((depth(other) for other in graph[room]), default=-1)

    return {room: depth(room) for room in graph}


def layered(graph: Graph) -> tuple[list[list[str | Bend]], list[list[str | Bend]]]:
    """Return the layers, lowest first, with bends of long arrows; and the way of each arrow."""
    depth = depths(graph)
    layers: list[list[str | Bend]] = [[] for _ in range(max(depth.values()) + 1)]
    for room in sorted(graph):
        layers[depth[room]].append(room)
    ways: list[list[str | Bend]] = []
    for room, others in sorted(graph.items()):
        for other in others:
            between = range(depth[room] - 1, depth[other], -1)
            bends: list[str | Bend] = [(room, other, layer) for layer in between]
            for layer, bend in zip(between, bends, strict=True):
                layers[layer].append(bend)
            ways.append([room, *bends, other])
    return layers, ways


def middles(layers: list[list[str | Bend]], ways: list[list[str | Bend]]) -> dict[object, float]:
    """Order the layers in place and return the middle of each of their places, in pixels."""
    beside: dict[object, list[object]] = {place: [] for layer in layers for place in layer}
    for way in ways:
        for upper, lower in pairwise(way):
            beside[upper].append(lower)
            beside[lower].append(upper)
    x_px: dict[object, float] = {}
    for layer in layers:
        x_px |= _apart(layer, dict.fromkeys(layer, 0.0))
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            wished = {
                place: sum(x_px[other] for other in beside[place]) / max(1, len(beside[place]))
                for place in layer
            }
            layer.sort(key=lambda place: (wished[place], str(place)))
            x_px |= _apart(layer, wished)
    left_px = min(x - _half_px(place) for place, x in x_px.items())
    return {place: x - left_px + EDGE_PX for place, x in x_px.items()}


def _apart(layer: list[str | Bend], wished: dict[str | Bend, float]) -> dict[object, float]:
    """Return middles near the wished ones, in order, that leave room for every place."""
    leftmost, rightmost = {}, {}
    for found, places, way in ((leftmost, layer, 1), (rightmost, layer[::-1], -1)):
        last: float | None = None
        for place in places:
            x_px = wished[place]
            if last is not None:
                x_px = way * max(way * x_px, way * last + _half_px(place) + GAP_PX)
            found[place] = x_px
            last = x_px + way * _half_px(place)
    return {place: (leftmost[place] + rightmost[place]) / 2 for place in layer}


def _half_px(place: object) -> float:
    return BOX_PX[0] / 2 if isinstance(place, str) else 0.0


def about(room: str) -> str:
    """Return what a room says that it is, up to the first colon or semicolon."""
    path = PACKAGE / room
    tree = read_tree(path if path.is_file() else path / "__init__.py")
    first = (ast.get_docstring(tree) or "").splitlines()[0]
    return first.replace("`", "").replace(";", ":").partition(":")[0].rstrip(".")


def drawing(graph: Graph) -> str:
    """Return rooms and their arrows as SVG."""
    layers, ways = layered(reduced(graph))
    x_px = middles(layers, ways)
    width_px = max(x + _half_px(place) for place, x in x_px.items()) + EDGE_PX
    height_px = 2 * EDGE_PX + BOX_PX[1] + LAYER_PX * (len(layers) - 1)
    top_px = {
        place: height_px - EDGE_PX - BOX_PX[1] - LAYER_PX * layer
        for layer, places in enumerate(layers)
        for place in places
    }
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width_px:.0f} {height_px:.0f}"'
        ' font-family="sans-serif">',
        "<title>The rooms of rt_grasp_ros: who imports of whom</title>",
        '<defs><marker id="head" markerWidth="6" markerHeight="6" refX="6" refY="3" orient="auto">'
        '<path d="M0,0 L6,3 L0,6 z" fill="#546e7a"/></marker></defs>',
        f'<rect width="{width_px:.0f}" height="{height_px:.0f}" fill="#ffffff"/>',
    ]
    for layer in range(0, len(layers), 2):
        top = height_px - EDGE_PX - BOX_PX[1] - LAYER_PX * layer - (LAYER_PX - BOX_PX[1]) / 2
        parts.append(
            f'<rect y="{top:.0f}" width="{width_px:.0f}" height="{LAYER_PX}" fill="#f3f6f8"/>'
        )
    parts += [_arrow(way, x_px, top_px) for way in ways]
    parts += [_box(room, x_px[room], top_px[room]) for room in sorted(graph)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _arrow(
    way: list[str | Bend], x_px: dict[object, float], top_px: dict[str | Bend, float]
) -> str:
    """Return a smooth line from the lower edge of a room to the upper edge of another."""
    x, y = x_px[way[0]], top_px[way[0]] + BOX_PX[1]
    path = [f"M{x:.0f},{y:.0f}"]
    for place in way[1:]:
        to_x, to_y = x_px[place], top_px[place]
        middle = (y + to_y) / 2
        path.append(f"C{x:.0f},{middle:.0f} {to_x:.0f},{middle:.0f} {to_x:.0f},{to_y:.0f}")
        if not isinstance(place, str):
            to_y += BOX_PX[1]
            path.append(f"V{to_y:.0f}")
        x, y = to_x, to_y
    return (
        f'<path d="{" ".join(path)}" fill="none" stroke="#546e7a" stroke-width="1.5"'
        ' marker-end="url(#head)"/>'
    )


def _box(room: str, x_px: float, top_px: float) -> str:
    width_px, height_px = BOX_PX
    lines = textwrap.wrap(about(room), 19, max_lines=4, placeholder=" ...", break_on_hyphens=False)
    texts = [
        f'<text x="{x_px:.0f}" y="{top_px + 39 + 15 * row:.0f}" font-size="12.5" fill="#455a64">'
        f"{escape(line)}</text>"
        for row, line in enumerate(lines)
    ]
    return "\n".join(
        [
            f'<g text-anchor="middle"><rect x="{x_px - width_px / 2:.0f}" y="{top_px:.0f}"'
            f' width="{width_px}" height="{height_px}" rx="6" fill="#e3f2fd" stroke="#1565c0"/>',
            f'<text x="{x_px:.0f}" y="{top_px + 21:.0f}" font-size="17" font-weight="bold"'
            f' fill="#0d47a1">{escape(room)}</text>',
            *texts,
            "</g>",
        ]
    )


def main(path: Path = DRAWING) -> None:
    """Write the drawing."""
    path.write_text(drawing(room_graph()), encoding="utf-8")
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
