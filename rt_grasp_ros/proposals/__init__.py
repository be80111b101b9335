"""Where a gripper could close, by depth alone: whatever the thing is called; numpy and OpenCV."""
