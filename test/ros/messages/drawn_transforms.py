"""Transforms that hypothesis draws."""

import numpy as np
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

coordinates = st.floats(-10.0, 10.0)
rotations = st.tuples(*[st.floats(-3.0, 3.0)] * 3).map(Rotation.from_rotvec)


@st.composite
def transforms(draw):
    matrix = np.eye(4)
    matrix[:3, :3] = draw(rotations).as_matrix()
    matrix[:3, 3] = draw(st.tuples(coordinates, coordinates, coordinates))
    return matrix
