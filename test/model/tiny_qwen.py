"""A small Qwen2.5-VL, laid out like `Qwen/Qwen2.5-VL-3B-Instruct`, that knows one answer by heart.

All layers but the embeddings and the head add nothing, so that each token alone decides on the
next one; the head leads from the prompt's last token through the answer.
"""

import itertools
import json

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    GenerationConfig,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
)

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
ANSWER = (
    "<think>",
    " It is",
    " long.",
    " </think>",
    "\n<answer>(",
    "322",
    ", 238",
    ", 30",
    ", 60)",
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save_tiny_qwen(folder):
    """Write config, weights, tokenizer, chat template and picture processor."""
    tokenizer = _tokenizer()
    qwen = Qwen2_5_VLForConditionalGeneration(_config(tokenizer)).eval()
    _learn_by_heart(qwen, tokenizer)
    end_id = tokenizer.token_to_id("<|im_end|>")
    qwen.generation_config = GenerationConfig(
        eos_token_id=[end_id, tokenizer.token_to_id("<|endoftext|>")],
        pad_token_id=tokenizer.token_to_id("<|endoftext|>"),
        do_sample=True,
        repetition_penalty=1.05,
        temperature=0.1,
    )
    qwen.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "Qwen2Tokenizer",
                "chat_template": CHAT_TEMPLATE,
                "eos_token": "<|im_end|>",
                "pad_token": "<|endoftext|>",
            }
        )
    )
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "image_processor_type": "Qwen2VLImageProcessor",
                "min_pixels": 3136,
                "max_pixels": 12845056,
                "patch_size": 14,
                "temporal_patch_size": 2,
                "merge_size": 2,
            }
        )
    )


def _tokenizer():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({byte: place for place, byte in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in ANSWER])
    return tokenizer


def _config(tokenizer):
    size = tokenizer.get_vocab_size()
    width = -(-size // 64) * 64  # room for an orthogonal embedding of every token
    return Qwen2_5_VLConfig(
        text_config={
            "vocab_size": size,
            "hidden_size": width,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [width // 32, width // 32, width // 16],
            },
            "bos_token_id": None,
            "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 32,
            "num_heads": 2,
            "out_hidden_size": width,
            "fullatt_block_indexes": [1],
        },
        image_token_id=tokenizer.token_to_id("<|image_pad|>"),
        video_token_id=tokenizer.token_to_id("<|video_pad|>"),
        vision_start_token_id=tokenizer.token_to_id("<|vision_start|>"),
        vision_end_token_id=tokenizer.token_to_id("<|vision_end|>"),
    )


@torch.no_grad()
def _learn_by_heart(qwen, tokenizer):
    size = tokenizer.get_vocab_size()
    for layer in qwen.model.language_model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    embeddings = qwen.model.language_model.embed_tokens.weight
    embeddings.copy_(torch.eye(size, embeddings.shape[1]))
    last_of_prompt = tokenizer.encode("\n").ids[-1]
    chain = [last_of_prompt, *(tokenizer.token_to_id(t) for t in (*ANSWER, "<|im_end|>"))]
    qwen.lm_head.weight.zero_()
    for token_id, following_id in itertools.pairwise(chain):
        qwen.lm_head.weight[following_id, token_id] = 1.0
