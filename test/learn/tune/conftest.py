"""The bases that the tests of tuning start from, made once."""

import importlib.util

import pytest

if importlib.util.find_spec("torch"):
    from small_bases import save_small_embedded, save_small_llava

    @pytest.fixture(scope="session")
    def embedded_dir(tmp_path_factory):
        return save_small_embedded(tmp_path_factory.mktemp("embedded"))

    @pytest.fixture(scope="session")
    def llava_dir(tmp_path_factory):
        return save_small_llava(tmp_path_factory.mktemp("llava"))

    @pytest.fixture(params=["embedded", "llava"])
    def base_dir(request):
        return request.getfixturevalue(f"{request.param}_dir")
