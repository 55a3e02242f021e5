"""The forms of AP-BWE's network: `eager` runs the plain modules, the others the FastGenerator with their products."""

from concurrent.futures import Executor

from core.superres.fast_generator import FastGenerator
from core.superres.generator import Generator
from core.superres.model import Network
from core.superres.products import bfloat16_product, float32_product, int8_product
from shared.config import SuperResolutionMode

_PRODUCTS = {
    SuperResolutionMode.FAST: float32_product,
    SuperResolutionMode.BF16: bfloat16_product,
    SuperResolutionMode.INT8: int8_product,
}


def network_in(mode: SuperResolutionMode, generator: Generator, phase_executor: Executor | None) -> Network:
    """Return the network of a resolved mode. `phase_executor`: see `FastGenerator`."""
    if mode is SuperResolutionMode.EAGER:
        return generator
    return FastGenerator(generator, phase_executor=phase_executor, product=_PRODUCTS[mode])
