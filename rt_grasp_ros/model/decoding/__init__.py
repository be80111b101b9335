"""What decoding shares whatever it runs on: tokens, prompt, grammar, drafts, text as it grows."""
