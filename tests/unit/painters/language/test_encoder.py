"""The encoder that ships says what texts mean, whatever they are encoded with."""

from __future__ import annotations

import numpy as np

from kanvas_painters.language.encoder import BATCH, text_encoder

# From the original in PyTorch at full precision, by `kanvas_training.encoder`.
FULL_PRECISION = {
    ("lynx", "leopard"): 0.4243,
    ("lynx", "teapot"): 0.1195,
    ("a cottage by a river", "a small house beside water"): 0.5346,
}


def test_vectors_have_the_promised_shapes_and_length() -> None:
    encoded = text_encoder().encode(["a red fox", "a house in the snow at night"])
    assert encoded.tokens.shape == (2, 24, 384)
    assert encoded.mask.sum(axis=1).tolist() == [5, 9]
    assert encoded.pooled.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(encoded.pooled, axis=1), 1, atol=1e-5)


def test_the_pooled_vector_is_the_mean_of_what_is_no_padding() -> None:
    encoded = text_encoder().encode(["a red fox"])
    mean = encoded.tokens[0][encoded.mask[0]].mean(axis=0)
    np.testing.assert_allclose(encoded.pooled[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_a_text_means_the_same_alone_and_in_a_long_list() -> None:
    texts = [f"a fox and {number} houses in the snow" for number in range(BATCH)] + ["a lynx"]
    together = text_encoder().encode(texts)
    alone = text_encoder().encode(["a lynx"])
    np.testing.assert_allclose(together.pooled[-1], alone.pooled[0], atol=1e-5)


def test_no_texts_have_no_vectors() -> None:
    assert text_encoder().encode([]).pooled.shape == (0, 384)


def test_cosines_are_close_to_those_of_the_original() -> None:
    for (first, second), cosine in FULL_PRECISION.items():
        pooled = text_encoder().encode([first, second]).pooled
        assert abs(float(pooled[0] @ pooled[1]) - cosine) < 0.01
