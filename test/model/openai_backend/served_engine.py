"""An engine whose model is served, and what it is asked."""

import numpy as np

from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.openai_backend.openai_engine import OpenAiEngine
from rt_grasp_ros.model.server_settings import ServerSettings

IMAGE = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
MUG = "The mug lies there. x 0.500 y 0.250 theta 0.250 w 0.125"
KEY_VARIABLE = "RT_GRASP_TEST_KEY"


def engine_for(stand_in, family="rt_grasp", **server):
    settings = {"connect_timeout_s": 1.0, "first_token_timeout_s": 5.0, "total_timeout_s": 10.0}
    url = stand_in if isinstance(stand_in, str) else stand_in.url
    return OpenAiEngine(
        EngineSettings(
            family=family,
            server=ServerSettings(
                url=url, **{"model": "a-model", "key_variable": KEY_VARIABLE, **settings, **server}
            ),
        )
    )
