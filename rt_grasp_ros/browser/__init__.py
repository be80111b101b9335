"""The page in the browser: what it shows, and the page itself; ROS stays outside."""
