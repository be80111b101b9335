"""LLaVA and Qwen2.5-VL on PyTorch: loading, adapters, decoding on static tensors."""
