"""Calls handler.py once in each way without a card: `python3 docs/huggingface-endpoint/check_handler.py`.

torch, diffusers, transformers and Pillow are replaced by the few names that the handler uses; what is checked is the
contract of README.md, not a picture.
"""

import base64
import json
import os
import sys
import types
import unittest
from pathlib import Path

SEEN = {}


class Picture:
    """As much of PIL.Image.Image as the handler touches."""

    def __init__(self, size):
        self.size = size
        self.width, self.height = size

    def convert(self, _mode):
        return self

    def resize(self, size):
        return Picture(size)

    def save(self, out, format):
        out.write(f"{format} {self.width}x{self.height}".encode())


def open_picture(stream):
    if not stream.read().startswith(b"\x89PNG"):
        raise OSError("cannot identify image file")
    return Picture((64, 64))


class OutOfMemoryError(RuntimeError):
    pass


class Generator:
    def __init__(self, device):
        SEEN["device"] = device

    def manual_seed(self, seed):
        SEEN["seed"] = seed
        return self


class Pipeline:
    @classmethod
    def from_pretrained(cls, model, **_):
        SEEN["model"] = model
        return cls()

    def to(self, _device):
        return self

    def load_ip_adapter(self, name, **_):
        SEEN["ip_adapter"] = name

    def set_ip_adapter_scale(self, scale):
        SEEN["ip_scale"] = scale

    def __call__(self, **asked):
        SEEN["asked"] = asked
        if asked["prompt"] == "too large":
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.25 GiB")
        return types.SimpleNamespace(images=[Picture((asked["width"], asked["height"]))])


def module(name, **names):
    made = types.ModuleType(name)
    vars(made).update(names)
    sys.modules[name] = made
    return made


cuda = types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError, empty_cache=lambda: SEEN.update(emptied=True))
module("torch", bfloat16="bfloat16", Generator=Generator, cuda=cuda)
module("diffusers", FluxControlNetModel=Pipeline, FluxControlNetPipeline=Pipeline)
image = module("PIL.Image", Image=Picture, open=open_picture, new=lambda _mode, size: Picture(size))
module("PIL", Image=image)
module("transformers", pipeline=lambda *_, **__: lambda _picture: [{"label": "nsfw", "score": SEEN.get("unsafe", 0.1)}])
sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

import handler  # noqa: E402

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()


def ask(prompt="a person", **changed):
    sent = {"width": 1024, "height": 768, "seed": 4_000_000_001, "control_image": PNG, "control_mode": "pose", **changed}
    return {"inputs": prompt, "parameters": {name: value for name, value in sent.items() if value is not ...}}


class Contract(unittest.TestCase):
    def setUp(self):
        SEEN.clear()
        os.environ.pop("BLOCKED_WORDS", None)
        self.endpoint = handler.EndpointHandler("/repository")

    def refused(self, why, asked):
        with self.assertRaises(Exception) as raised:
            self.endpoint(asked)
        self.assertTrue(str(raised.exception).startswith(why), raised.exception)

    def test_an_answer_is_the_json_of_the_contract(self):
        answer = json.loads(json.dumps(self.endpoint(ask())))
        self.assertEqual(base64.b64decode(answer.pop("image")), b"PNG 1024x768")
        self.assertGreaterEqual(answer.pop("timings")["inference"], 0)
        model = "FLUX.1-dev-ControlNet-Union-Pro-2.0"
        self.assertEqual(
            answer,
            {"mime": "image/png", "seed": 4_000_000_001, "width": 1024, "height": 768, "nsfw": False, "model": model},
        )

    def test_what_is_asked_reaches_the_model(self):
        self.endpoint(ask(num_inference_steps=24, controlnet_conditioning_scale=0.8, control_guidance_end=0.5))
        asked = SEEN["asked"]
        self.assertEqual((asked["width"], asked["height"], asked["control_image"].size), (1024, 768, (1024, 768)))
        self.assertEqual((asked["num_inference_steps"], asked["guidance_scale"]), (24, 3.5))
        self.assertEqual((asked["controlnet_conditioning_scale"], asked["control_guidance_end"]), (0.8, 0.5))
        self.assertEqual((SEEN["seed"], SEEN["device"]), (4_000_000_001, "cpu"))

    def test_a_reference_counts_and_none_counts_nothing(self):
        self.endpoint(ask(reference_image=PNG, reference_scale=0.5))
        self.assertEqual((SEEN["ip_scale"], SEEN["asked"]["ip_adapter_image"].size), (0.5, (64, 64)))
        self.endpoint(ask())
        self.assertEqual(SEEN["ip_scale"], 0.0)

    def test_an_unsafe_picture_says_so(self):
        SEEN["unsafe"] = 0.9
        self.assertIs(self.endpoint(ask())["nsfw"], True)

    def test_wrong_requests_say_what_is_wrong_and_never_the_prompt(self):
        self.refused("VALIDATION: inputs", ask(prompt=""))
        self.refused("VALIDATION: inputs", ask(prompt="x" * 4_001))
        self.refused("VALIDATION: width", ask(width=1000))
        self.refused("VALIDATION: width", ask(width=True))
        self.refused("VALIDATION: height", ask(height=4096))
        self.refused("VALIDATION: seed", ask(seed=...))
        self.refused("VALIDATION: seed", ask(seed=1.5))
        self.refused("VALIDATION: guidance_scale", ask(guidance_scale=float("nan")))
        self.refused("VALIDATION: control_image", ask(control_image=...))
        self.refused("VALIDATION: control_image", ask(control_image="no base64!"))
        self.refused("VALIDATION: reference_image", ask(reference_image=base64.b64encode(b"GIF").decode()))
        self.refused("VALIDATION: control_mode", ask(control_mode="depth"))
        self.refused("VALIDATION: output_format", ask(output_format="webp"))
        self.refused("VALIDATION: parameters", {"inputs": "a person", "parameters": [1]})

    def test_a_full_card_is_told_from_a_wrong_request(self):
        self.refused("OOM:", ask(prompt="too large"))
        self.assertTrue(SEEN["emptied"])

    def test_blocked_words_are_refused(self):
        os.environ["BLOCKED_WORDS"] = "forbidden, other"
        self.refused("NSFW: the prompt was refused", ask(prompt="a Forbidden thing"))

    def test_keypoints_are_told_only_when_asked_for(self):
        self.assertNotIn("keypoints", self.endpoint(ask()))
        self.endpoint.find_keypoints = lambda picture: [[[1.0, 2.0, 0.5]] * 18]
        self.assertEqual(self.endpoint(ask())["keypoints"], [[[1.0, 2.0, 0.5]] * 18])

    def test_the_finder_gives_18_joints_of_each_person(self):
        class Pixels:
            def __getitem__(self, _):
                return self

        module("numpy", asarray=lambda _picture: Pixels())
        people = [[[n, n + 1] for n in range(134)]]
        module("rtmlib", Wholebody=lambda **_: lambda _bgr: (people, [[1.7] * 134]))
        handler.DETECT_KEYPOINTS = True
        try:
            [person] = handler.EndpointHandler().find_keypoints(Picture((64, 64)))
        finally:
            handler.DETECT_KEYPOINTS = False
        self.assertEqual(person, [[float(n), float(n + 1), 1.0] for n in range(18)])


if __name__ == "__main__":
    unittest.main()
