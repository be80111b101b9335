"""Pictures of a printed marker on the table, drawn ray by ray."""

import cv2
import numpy as np

_CELLS_PX = 40
_SUPERSAMPLED = 4


def draw_marker(intrinsics, T_table_camera, family, marker_id, size_m, T_table_marker):
    """Return what the camera sees, RGB, of a marker with a white margin on a grey table."""
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, family))
    cells = dictionary.markerSize + 2
    marker = cv2.aruco.generateImageMarker(dictionary, marker_id, cells * _CELLS_PX)
    paper = cv2.copyMakeBorder(marker, *[_CELLS_PX] * 4, cv2.BORDER_CONSTANT, value=255)
    fine = _SUPERSAMPLED
    columns, rows = np.meshgrid(
        (np.arange(intrinsics.width_px * fine) + 0.5) / fine,
        (np.arange(intrinsics.height_px * fine) + 0.5) / fine,
    )
    rays = intrinsics.back_project(np.stack([columns, rows], axis=-1), 1.0)
    T_marker_camera = np.linalg.inv(T_table_marker) @ T_table_camera
    directions = rays @ T_marker_camera[:3, :3].T
    reach = -T_marker_camera[2, 3] / directions[..., 2]
    on_paper = directions[..., :2] * reach[..., None] + T_marker_camera[:2, 3]
    per_metre = cells * _CELLS_PX / size_m
    middle = (paper.shape[0] - 1) / 2
    seen = cv2.remap(
        paper,
        (middle + on_paper[..., 0] * per_metre).astype(np.float32),
        (middle - on_paper[..., 1] * per_metre).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=140,
    )
    size_px = (intrinsics.width_px, intrinsics.height_px)
    return cv2.cvtColor(cv2.resize(seen, size_px, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2RGB)
