"""What things in a picture are called: pretrained features, mapped to the meaning of words."""
