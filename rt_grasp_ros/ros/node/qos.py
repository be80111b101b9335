"""Quality of service that several nodes offer and ask for."""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, QoSProfile

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
"""The last message stays readable for whoever comes later."""
