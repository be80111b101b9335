"""Which thing it is: one of the catalogue's, drawn by a seed, or a mesh."""

from __future__ import annotations

from dataclasses import dataclass

from .meshes.mesh_entry import MeshEntry
from .meshes.mesh_shape import mesh_shape
from .objects import make_object
from .shape import ObjectShape


@dataclass(frozen=True, slots=True)
class Instance:
    """One thing, in plain values.

    Attributes:
        name: what it is: one of `OBJECT_NAMES` or `NAMELESS`, or a mesh's noun.
        shape_seed: which instance of the catalogue's object, see `make_object`; of a mesh nothing.
        mesh: the mesh, where it is one.
    """

    name: str
    shape_seed: int
    mesh: MeshEntry | None = None

    @property
    def shape(self) -> ObjectShape:
        """What it is made of.

        Raises:
            UnknownObject: the catalogue has no such object.
            DataInvalid: the mesh's files can't be read.
        """
        if self.mesh is not None:
            return mesh_shape(self.mesh)
        return make_object(self.name, self.shape_seed)
