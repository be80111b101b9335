"""The browser node: the page's picture, commands and stop button."""
