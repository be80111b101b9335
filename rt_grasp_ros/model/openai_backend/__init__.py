"""A model behind an OpenAI-compatible server: requests, answers, failures."""
