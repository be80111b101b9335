"""`model_quantise: auto`: what is measured, what is kept, and what is taken."""

import json

import pytest
import torch
from tiny_llava import save_tiny_llava, tiny_llava

from rt_grasp_ros.grasp.errors import ModelNotLoaded
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.torch_backend import scheme_measure as module
from rt_grasp_ros.model.torch_backend.joined_layers import join_layers
from rt_grasp_ros.model.torch_backend.load_llava import load_llava
from rt_grasp_ros.model.torch_backend.quantise import is_quantised, quantise, weight_bytes
from rt_grasp_ros.model.torch_backend.scheme_choice import WORST_ERROR, SchemeFigures
from rt_grasp_ros.model.torch_backend.scheme_measure import (
    SCHEMES,
    FewLayers,
    best_scheme,
    measure_scheme,
    needed_bytes,
)
from rt_grasp_ros.model.torch_backend.warm_start import WarmStart
from rt_grasp_ros.model.torch_settings import TorchSettings

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")
SPEEDS_S = {"none": 6.0, "int8": 4.0, "nf4": 2.0, "int4": 3.0}


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def llava():
    model = tiny_llava()
    join_layers(model)
    return model


class Stopwatch:
    """Stands in for measuring: figures as told, and which schemes were asked about."""

    def __init__(self, speeds_s=SPEEDS_S, fails=()):
        self.speeds_s, self.fails, self.asked = speeds_s, dict(fails), []

    def __call__(self, llava, scheme, device, acceleration, draft_lengths):
        self.asked.append(scheme)
        if scheme in self.fails:
            raise self.fails[scheme]
        return SchemeFigures(self.speeds_s[scheme], {}, 0.1 * (scheme != "none"), 100)


def chosen(llava, measure, **given):
    told = []
    settings = {"acceleration": "eager", "draft_lengths": (), "cached_tokens": 0} | given
    scheme = best_scheme(
        llava,
        CPU,
        settings["acceleration"],
        settings["draft_lengths"],
        settings["cached_tokens"],
        lambda what, done, count: told.append(what),
        measure,
    )
    return scheme, told


def test_every_scheme_is_measured_once_and_the_best_is_taken(llava):
    first = Stopwatch()
    scheme, told = chosen(llava, first)
    assert scheme == "nf4"
    assert first.asked == ["none", "int8", "nf4", "int4"]
    assert told[-1] == (
        "quantisation nf4 (none 6000.00 ms, int8 4000.00 ms, nf4 2000.00 ms, int4 3000.00 ms a "
        "token)"
    )
    again = Stopwatch(dict.fromkeys(SCHEMES, 1.0))
    assert chosen(llava, again)[0] == "nf4"
    assert again.asked == []


def test_it_is_kept_as_plain_json_by_shapes(llava, cache):
    chosen(llava, Stopwatch())
    (file,) = cache.glob("rt_grasp_ros/*/measured.json")
    kept = json.loads(file.read_text())
    assert kept["made_for"]["device"] == "CPU"
    (key,) = set(kept) - {"made_for"}
    assert key == "schemes 128x256x4x4x2x512 torch.float32 eager"
    assert kept[key]["nf4"] == {
        "step_s": 2.0, "pass_s": {}, "product_error": 0.1, "layer_bytes": 100,
    }  # fmt: skip


@pytest.mark.parametrize(
    "what", [{"draft_lengths": (4, 7)}, {"acceleration": "graphs"}, {"intermediate_size": 384}]
)
def test_other_shapes_and_other_steps_are_measured_anew(llava, what):
    chosen(llava, Stopwatch())
    again = Stopwatch()
    if "intermediate_size" in what:
        llava = tiny_llava(**what)
        what = {}
    chosen(llava, again, **what)
    assert again.asked == list(SCHEMES)


def test_what_lacks_something_is_left_out_for_good(llava):
    lacking = {name: ModelNotLoaded("no bitsandbytes") for name in ("nf4", "int8")}
    scheme, _ = chosen(llava, Stopwatch(fails=lacking))
    assert scheme == "int4"
    again = Stopwatch()
    assert chosen(llava, again)[0] == "int4"
    assert again.asked == []


def test_memory_that_was_short_once_is_tried_again(llava):
    scheme, told = chosen(llava, Stopwatch(fails={"nf4": torch.OutOfMemoryError("full")}))
    assert scheme == "int4"
    assert any("nf4 can't be measured now (full)" in line for line in told)
    again = Stopwatch()
    assert chosen(llava, again)[0] == "nf4"
    assert again.asked == ["nf4"]


@pytest.mark.parametrize("damaged", ["[]", '{"none": 3, "refused": 4}', '{"none": {"step_s": 1}}'])
def test_a_damaged_file_is_measured_anew(llava, damaged):
    chosen(llava, Stopwatch())
    folder = WarmStart(CPU).folder
    (key,) = set(json.loads((folder / "measured.json").read_text())) - {"made_for"}
    (folder / "measured.json").write_text(json.dumps({key: json.loads(damaged)}))
    again = Stopwatch()
    assert chosen(llava, again)[0] == "nf4"
    assert again.asked == list(SCHEMES)


def test_where_nothing_can_be_measured_the_weights_stay_as_they_are(llava, cache):
    broken = Stopwatch(fails={name: RuntimeError("no kernel\nimage") for name in SCHEMES})
    scheme, told = chosen(llava, broken)
    assert scheme == "none"
    assert "int8 can't be measured now (no kernel)" in told
    assert chosen(llava, Stopwatch())[0] == "nf4"


def test_the_reckoned_memory_is_that_of_the_quantised_model(llava):
    whole = tiny_llava()
    join_layers(whole)
    figures = measure_scheme(llava, "int4", CPU, "eager", ())
    entries = 2 * 2 * 128 * 4  # keys and values of two layers, 128 wide, float32
    quantise(whole, "int4", CPU)
    assert needed_bytes(llava, figures, 100) == weight_bytes(whole) + 100 * entries + 2**30


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_few_layers_are_measured_for_real(llava, scheme):
    before = {name: weight.clone() for name, weight in llava.state_dict().items()}
    figures = measure_scheme(llava, scheme, CPU, "eager", (4,))
    assert figures.step_s > 0
    assert list(figures.pass_s) == [4]
    bounds = {"none": (0, 0), "int8": (0.001, 0.03), "nf4": (0.05, 0.15), "int4": (0.05, 0.15)}
    least, most = bounds[scheme]
    assert least <= figures.product_error <= most
    plain = weight_bytes(llava.model.language_model.layers) // 2
    assert figures.layer_bytes == plain if scheme == "none" else figures.layer_bytes < plain / 2
    assert not is_quantised(llava)
    assert all(torch.equal(weight, before[name]) for name, weight in llava.state_dict().items())


def test_the_first_layers_say_what_the_model_says_where_there_are_no_more(llava):
    few = FewLayers(llava, 2)
    ids = torch.arange(9)[None]
    with torch.no_grad():
        torch.testing.assert_close(said(few, ids), llava(input_ids=ids).logits)
        assert not torch.allclose(said(FewLayers(llava, 1), ids), said(few, ids))
        said(few.to(torch.float16), ids)
    assert llava.dtype == torch.float32


def said(few, ids):
    embeddings = few.model.language_model.embed_tokens(ids)
    hidden = few.model.language_model(inputs_embeds=embeddings, use_cache=False)
    return few.lm_head(hidden.last_hidden_state)


@pytest.mark.parametrize("scale", [1.3, float("nan")])
def test_a_kernel_that_computes_something_else_is_noticed(llava, monkeypatch, scale):
    def wrong(model, scheme, device):
        quantise(model, scheme, device)
        model.model.language_model.layers[1].mlp.down_proj.scales_and_zeros.mul_(scale)

    monkeypatch.setattr(module, "quantise", wrong)
    assert measure_scheme(llava, "int4", CPU, "eager", ()).product_error > WORST_ERROR


def test_a_checkpoint_runs_in_what_was_measured(tmp_path):
    save_tiny_llava(tmp_path)
    settings = TorchSettings(device="cpu", quantise="auto")
    loaded = load_llava(Checkpoint.open(tmp_path), settings)
    assert loaded.scheme in SCHEMES
    assert is_quantised(loaded.llava) == (loaded.scheme != "none")


@pytest.mark.parametrize("fastest", ["none", "int4"])
def test_the_engine_says_and_runs_what_is_fastest(tmp_path, monkeypatch, fastest):
    save_tiny_llava(tmp_path)
    monkeypatch.setattr(module, "measure_scheme", Stopwatch(SPEEDS_S | {fastest: 0.1}))
    settings = EngineSettings(torch=TorchSettings(device="cpu", quantise="auto"))
    engine = load_engine(tmp_path, "torch", settings)
    assert ("int4" in engine.name) == (fastest == "int4")
    assert (engine.memory.after_bytes < engine.memory.before_bytes) == (fastest == "int4")
