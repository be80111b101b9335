import numpy as np
import pytest
from small_towers import small_tower

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.grasp.letterbox import letterbox, to_pixel_values  # noqa: E402
from rt_grasp_ros.language.prompt import build_prompt  # noqa: E402
from rt_grasp_ros.learn.checkpoint.save import save_checkpoint  # noqa: E402
from rt_grasp_ros.learn.checkpoint.tokenizer import train_tokenizer  # noqa: E402
from rt_grasp_ros.learn.embedded.build_model import build_model  # noqa: E402
from rt_grasp_ros.model.checkpoint import Checkpoint  # noqa: E402
from rt_grasp_ros.model.onnx_backend.graphs import Precision  # noqa: E402
from rt_grasp_ros.model.onnx_backend.onnx_engine import OnnxEngine  # noqa: E402


@pytest.mark.parametrize("part", [1, small_tower().config.num_part_types])
def test_the_graphs_compute_what_the_stock_class_computes(tmp_path, part):
    """With a part in sight that has a name, and with one that has none."""
    tokenizer = train_tokenizer(["grasp the mug by its handle", "The mug lies on the left."])
    torch.manual_seed(0)
    llava = build_model(tokenizer, small_tower().config, layers=3)
    with torch.no_grad():  # the exporter merges tensors that are equal, as fresh norms are
        for tensor in [*llava.parameters(), *llava.model.vision_tower.buffers()]:
            if tensor.dtype == torch.float32:
                tensor += 0.02 * torch.rand_like(tensor)
        llava.model.vision_tower.heads.bias[part] += 20.0
    save_checkpoint(llava, tokenizer, tmp_path)
    engine = OnnxEngine(Checkpoint.open(tmp_path), Precision.FLOAT32)
    image = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    reading, prompt_ids = engine._look(image, "grasp the mug", ())
    logits = reading.go_to(prompt_ids)
    ids = tokenizer.encode(build_prompt("grasp the mug")).ids
    split = ids.index(tokenizer.token_to_id("<image>"))
    prompt = [*ids[:split], *[ids[split]] * 48, *ids[split + 1 :]]
    pixels = torch.from_numpy(to_pixel_values(letterbox(image, 128)))
    with torch.inference_mode():
        assert llava.model.vision_tower.maps(pixels).is_unnamed().tolist() == [part != 1]
        expected = llava(input_ids=torch.tensor([prompt]), pixel_values=pixels).logits[0, -1]
        generated = llava.generate(
            input_ids=torch.tensor([prompt]),
            pixel_values=pixels,
            max_new_tokens=8,
            min_new_tokens=8,
            do_sample=False,
        )[0, len(prompt) :].tolist()
    np.testing.assert_allclose(logits, expected.numpy(), atol=2e-2)
    one_by_one = []
    for token in generated:
        one_by_one.append(int(logits.argmax()))
        logits = reading.append([token])[0]
    assert one_by_one == generated
    reading.go_back(reading.token_ids.index(generated[0]))
    at_once = reading.append(generated, kept=8).argmax(axis=1).tolist()
    assert at_once[:-1] == generated[1:]
    assert max(path.stat().st_size for path in tmp_path.glob("*.safetensors")) <= 15_000_000
