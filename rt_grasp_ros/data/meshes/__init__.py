"""Models made by others, brought into the layout of folders of meshes (docs/data.md)."""
