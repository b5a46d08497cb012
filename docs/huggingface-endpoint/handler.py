"""FLUX.1 with a pose ControlNet for a dedicated Hugging Face Inference Endpoint; the contract is in README.md.

The toolkit answers every exception with status 400 and the exception's text, so each one here begins with its kind:
VALIDATION, NSFW or OOM. None of them repeats the prompt.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import time
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import FluxControlNetModel, FluxControlNetPipeline
from PIL import Image

BASE_MODEL = os.environ.get("BASE_MODEL", "black-forest-labs/FLUX.1-dev")
CONTROLNET = os.environ.get("CONTROLNET", "Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0")
# Empty: no reference pictures are taken.
IP_ADAPTER = os.environ.get("IP_ADAPTER", "XLabs-AI/flux-ip-adapter")
IMAGE_ENCODER = "openai/clip-vit-large-patch14"
# Empty: every picture says nsfw false.
SAFETY_CHECKER = os.environ.get("SAFETY_CHECKER", "Falconsai/nsfw_image_detection")
SAFETY_THRESHOLD = float(os.environ.get("SAFETY_THRESHOLD", "0.7"))
DETECT_KEYPOINTS = os.environ.get("DETECT_KEYPOINTS", "0") == "1"

MODEL_NAME = "FLUX.1-dev-ControlNet-Union-Pro-2.0"
MAX_PROMPT_CHARACTERS = 4_000
MAX_PICTURE_BYTES = 20 * 1024 * 1024
JOINTS = 18


@dataclass
class Asked:
    prompt: str
    width: int
    height: int
    seed: int
    steps: int
    guidance: float
    control: Image.Image
    control_scale: float
    control_start: float
    control_end: float
    reference: Image.Image | None
    reference_scale: float
    output_format: str


class EndpointHandler:
    def __init__(self, path: str = ""):
        controlnet = FluxControlNetModel.from_pretrained(CONTROLNET, torch_dtype=torch.bfloat16)
        self.pipe = FluxControlNetPipeline.from_pretrained(
            BASE_MODEL, controlnet=controlnet, torch_dtype=torch.bfloat16
        ).to("cuda")
        if IP_ADAPTER:
            self.pipe.load_ip_adapter(
                IP_ADAPTER,
                weight_name="ip_adapter.safetensors",
                image_encoder_pretrained_model_name_or_path=IMAGE_ENCODER,
            )
        self.is_unsafe = unsafe_picture_check()
        self.find_keypoints = keypoint_finder()

    def __call__(self, data: dict[str, Any]) -> dict[str, Any]:
        asked = read(data)
        if asked.reference is not None and not IP_ADAPTER:
            raise invalid("this endpoint takes no reference_image")
        began = time.monotonic()
        picture = self.draw(asked)
        answer: dict[str, Any] = {
            "image": encode(picture, asked.output_format),
            "mime": f"image/{asked.output_format}",
            "seed": asked.seed,
            "width": picture.width,
            "height": picture.height,
            "nsfw": self.is_unsafe(picture),
            "timings": {"inference": round(time.monotonic() - began, 3)},
            "model": MODEL_NAME,
        }
        if self.find_keypoints is not None:
            answer["keypoints"] = self.find_keypoints(picture)
        return answer

    def draw(self, asked: Asked) -> Image.Image:
        try:
            return self.pipe(
                prompt=asked.prompt,
                width=asked.width,
                height=asked.height,
                num_inference_steps=asked.steps,
                guidance_scale=asked.guidance,
                # Drawn on the CPU, so that a seed gives the same picture on every card.
                generator=torch.Generator("cpu").manual_seed(asked.seed),
                control_image=asked.control,
                # Union Pro 2.0 has no modes: it sees by itself that the map is a pose.
                controlnet_conditioning_scale=asked.control_scale,
                control_guidance_start=asked.control_start,
                control_guidance_end=asked.control_end,
                max_sequence_length=512,
                **self.reference_arguments(asked),
            ).images[0]
        except torch.cuda.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise RuntimeError("OOM: the card has no memory left for this size") from error

    def reference_arguments(self, asked: Asked) -> dict[str, Any]:
        if not IP_ADAPTER:
            return {}
        # Once loaded the adapter always wants a picture: a black one at no strength is none.
        self.pipe.set_ip_adapter_scale(asked.reference_scale if asked.reference else 0.0)
        return {"ip_adapter_image": asked.reference or Image.new("RGB", (224, 224))}


def read(data: dict[str, Any]) -> Asked:
    prompt = data.get("inputs")
    if not isinstance(prompt, str) or not prompt.strip() or len(prompt) > MAX_PROMPT_CHARACTERS:
        raise invalid(f"inputs must be a prompt of 1 to {MAX_PROMPT_CHARACTERS} characters")
    refuse_words(prompt)
    sent = data.get("parameters") or {}
    if not isinstance(sent, dict):
        raise invalid("parameters must be an object")
    if sent.get("control_mode", "pose") != "pose":
        raise invalid("control_mode must be pose")
    if sent.get("output_format", "png") not in ("png", "jpeg"):
        raise invalid("output_format must be png or jpeg")
    width, height = side(sent, "width"), side(sent, "height")
    reference = sent.get("reference_image")
    return Asked(
        prompt=prompt,
        width=width,
        height=height,
        seed=int(number(sent, "seed", None, 0, 2**32 - 1, whole=True)),
        steps=int(number(sent, "num_inference_steps", 28, 1, 50, whole=True)),
        guidance=number(sent, "guidance_scale", 3.5, 0, 20),
        control=decode(sent.get("control_image"), "control_image").resize((width, height)),
        control_scale=number(sent, "controlnet_conditioning_scale", 0.9, 0, 2),
        control_start=number(sent, "control_guidance_start", 0, 0, 1),
        control_end=number(sent, "control_guidance_end", 0.65, 0, 1),
        reference=None if reference is None else decode(reference, "reference_image"),
        reference_scale=number(sent, "reference_scale", 0.6, 0, 1),
        output_format=sent.get("output_format", "png"),
    )


def invalid(why: str) -> ValueError:
    return ValueError(f"VALIDATION: {why}")


def refuse_words(prompt: str) -> None:
    """BLOCKED_WORDS, separated by commas: for who runs the endpoint beside other callers than Lumiku, which asks first."""
    words = [word.strip().lower() for word in os.environ.get("BLOCKED_WORDS", "").split(",")]
    if any(word and word in prompt.lower() for word in words):
        raise ValueError("NSFW: the prompt was refused")


def side(sent: dict[str, Any], name: str) -> int:
    value = int(number(sent, name, 1024, 256, 2048, whole=True))
    if value % 16 != 0:
        raise invalid(f"{name} must be a multiple of 16")
    return value


def number(sent: dict[str, Any], name: str, default: float | None, least: float, most: float, whole: bool = False) -> float:
    value = sent.get(name, default)
    wanted = int if whole else (int, float)
    # bool is an int in Python.
    if isinstance(value, bool) or not isinstance(value, wanted) or not least <= value <= most:
        raise invalid(f"{name} must be {'a whole number' if whole else 'a number'} of {least} to {most}")
    return value


def decode(text: Any, name: str) -> Image.Image:
    if not isinstance(text, str) or len(text) > MAX_PICTURE_BYTES * 4 // 3:
        raise invalid(f"{name} must be a picture in base64")
    try:
        return Image.open(io.BytesIO(base64.b64decode(text, validate=True))).convert("RGB")
    except (binascii.Error, OSError, ValueError) as error:
        raise invalid(f"{name} must be a picture in base64") from error


def encode(picture: Image.Image, output_format: str) -> str:
    out = io.BytesIO()
    picture.save(out, format=output_format.upper())
    return base64.b64encode(out.getvalue()).decode("ascii")


def unsafe_picture_check():
    if not SAFETY_CHECKER:
        return lambda picture: False
    from transformers import pipeline

    classify = pipeline("image-classification", model=SAFETY_CHECKER, device=0)

    def is_unsafe(picture: Image.Image) -> bool:
        scores = {found["label"].lower(): found["score"] for found in classify(picture)}
        return scores.get("nsfw", 0.0) >= SAFETY_THRESHOLD

    return is_unsafe


def keypoint_finder():
    if not DETECT_KEYPOINTS:
        return None
    import numpy
    from rtmlib import Wholebody

    find = Wholebody(to_openpose=True, mode="balanced", backend="onnxruntime", device="cuda")

    def keypoints(picture: Image.Image) -> list[list[list[float]]]:
        bgr = numpy.asarray(picture)[:, :, ::-1]
        people, scores = find(bgr)
        return [
            [[float(x), float(y), min(max(float(score), 0.0), 1.0)] for (x, y), score in zip(points[:JOINTS], sure[:JOINTS])]
            for points, sure in zip(people, scores)
        ]

    return keypoints
