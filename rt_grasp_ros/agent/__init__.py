"""Tools for an agent (Model Context Protocol): what they take and return; knows nothing of ROS."""
