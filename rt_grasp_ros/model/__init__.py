"""From a picture and a command to an answer."""
