"""Models that point at things and know no grasps: how they are asked, and what they answer."""
