"""A grasp rectangle drawn as a white bar, and found again in the picture that a model is shown."""

import math

import cv2
import numpy as np

from rt_grasp_ros.grasp.rectangle import GraspRectangle


def draw(rectangle):
    """Return a black picture, shape (H, W, 3), uint8, with the rectangle in white, edges smooth."""
    rows, columns = np.mgrid[: rectangle.image_height_px, : rectangle.image_width_px] + 0.5
    right, down = columns - rectangle.x_px, rows - rectangle.y_px
    along_x, along_y = rectangle.opening_direction
    coverage = np.ones(rows.shape, np.float32)
    for distance, extent in (
        (right * along_x + down * along_y, rectangle.opening_px),
        (down * along_x - right * along_y, rectangle.jaw_px),
    ):
        coverage *= np.clip(0.5 + extent / 2 - np.abs(distance), 0, 1)
    return np.repeat(np.round(coverage * 255).astype(np.uint8)[..., None], 3, axis=2)


def find(picture_rgb):
    """Return x, y, the long side's angle (rad, from +x towards -y) and length of the bar, pixels.

    By the moments of the brightness: a bar of length L and breadth B has variances L^2/12 and
    B^2/12 along its axes.
    """
    moments = cv2.moments(picture_rgb[..., 0].astype(np.float32))
    area = moments["m00"]
    covariance = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]])
    variances, axes = np.linalg.eigh(covariance / area)
    x_px, y_px = moments["m10"] / area + 0.5, moments["m01"] / area + 0.5
    return x_px, y_px, math.atan2(-axes[1, 1], axes[0, 1]), math.sqrt(12 * variances[1])


def bar(x, y, theta_rad, length, size=(640, 480)):
    """Return a rectangle; x and y in 0..1 of the picture, length in 0..1 of its shorter side."""
    opening_px = length * min(size)
    return GraspRectangle(
        x * size[0], y * size[1], theta_rad, opening_px, opening_px / 4, size[0], size[1]
    )
