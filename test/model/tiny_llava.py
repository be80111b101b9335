"""A small LLaVA with random weights in the layout of `llava-hf/llava-1.5-7b-hf`."""

import json
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
)

IMAGE_PX = 56
PATCH_PX = 14
WORDS = (
    "USER: \ngrasp the mug by its handle ASSISTANT: The red mug lies on the left. It is round. "
    "I take the handle, and close from left to right. x 0.123 y 0.456 theta 0.789 w 0.100 No grasp."
)


def llama_tokenizer():
    """Return a tokenizer made like LLaMA's: no pre-tokenizer, one token a digit, bytes as a net."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    special = ["<unk>", "<s>", "</s>"]
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    merged = [part for word in WORDS.split(" ") for part in (f"▁{word}",) if not word[0].isdigit()]
    vocabulary, merges = _bpe([*special, *bytes_], merged)
    tokenizer.model = models.BPE(
        vocab=vocabulary, merges=merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    tokenizer.add_special_tokens([AddedToken("<image>", special=True), AddedToken("<pad>")])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 1)]
    )
    return tokenizer


def _bpe(first, words):
    """Return vocabulary and merges that build each word from left to right."""
    characters = sorted({*"".join(words), *"0123456789.", *map(chr, range(97, 123))})
    tokens, merges = [*first, *characters], []
    for word in words:
        for length in range(2, len(word) + 1):
            pair = (word[: length - 1], word[length - 1])
            if word[:length] not in tokens:
                tokens.append(word[:length])
                merges.append(pair)
    return {token: index for index, token in enumerate(tokens)}, merges


def tiny_llava(vocabulary_size=512, seed=0, **text):
    """Return the model with random weights in float32; the same seed gives the same one."""
    torch.manual_seed(seed)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=3,
            num_attention_heads=4,
            image_size=IMAGE_PX,
            patch_size=PATCH_PX,
            projection_dim=64,
        ),
        text_config=LlamaConfig(
            **{
                "vocab_size": vocabulary_size,
                "hidden_size": 128,
                "intermediate_size": 256,
                "num_hidden_layers": 2,
                "num_attention_heads": 4,
                "num_key_value_heads": 4,
                "max_position_embeddings": 1024,
                "initializer_range": 0.2,
                **text,
            }
        ),
        image_token_index=vocabulary_size - 1,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
    return LlavaForConditionalGeneration(config).eval()


def save_tiny_llava(folder: Path, dtype=torch.float32):
    """Write model, tokenizer and processor as that repository has them."""
    tokenizer = llama_tokenizer()
    model = tiny_llava(tokenizer.get_vocab_size())
    model.config.image_token_index = tokenizer.token_to_id("<image>")
    model.to(dtype).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})
    _write(
        folder / "preprocessor_config.json",
        {
            "crop_size": {"height": IMAGE_PX, "width": IMAGE_PX},
            "do_center_crop": True,
            "do_convert_rgb": True,
            "do_normalize": True,
            "do_rescale": True,
            "do_resize": True,
            "image_mean": [0.48145466, 0.4578275, 0.40821073],
            "image_processor_type": "CLIPImageProcessor",
            "image_std": [0.26862954, 0.26130258, 0.27577711],
            "processor_class": "LlavaProcessor",
            "resample": 3,
            "rescale_factor": 0.00392156862745098,
            "size": {"shortest_edge": IMAGE_PX},
        },
    )
    return model


def _write(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
