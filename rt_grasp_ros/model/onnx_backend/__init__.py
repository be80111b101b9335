"""The embedded model on onnxruntime: decoder, prefix cache, greedy decoding; no torch."""
