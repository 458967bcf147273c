import asyncio

import numpy as np
import pandas as pd
import pytest

from workbench import cnn
from workbench.cohorts import Cohort
from workbench.explorers import train
from workbench.explorers.trainer import Trainer
from workbench.images import Image


def model():
    return cnn.classifier((8, 8), 2, width=2, depth=1)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    targets = np.tile([0, 1], 8)
    return rng.normal(targets[:, None, None], 1.0, size=(16, 8, 8)).astype(np.float32), targets


def test_headless_it_is_fit(data):
    made, plain = model(), model()
    plain.set_weights(made.get_weights())
    options = {"epochs": 2, "validation": data, "seed": 3}
    trainer = train(made, *data, **options)
    expected = cnn.fit(plain, *data, progress=False, **options)
    pd.testing.assert_frame_equal(trainer.table, expected.table, check_names=False, check_index_type=False)
    for one, other in zip(made.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert trainer.best_epoch == expected.best_epoch
    assert trainer.ended == trainer.result().ended == "finished"
    assert len(trainer.still()) < 100_000
    assert trainer.alt.startswith("Training after 2 epochs: accuracy")


def test_samples_say_what_the_network_says(data):
    made = model()
    trainer = train(made, *data, epochs=1, samples=4, classes=["well", "ill"])
    chosen = [0, 5, 10, 15]
    said = cnn.predict(made, data[0][chosen])
    names = np.array(["well", "ill"])
    for caption, mark, one, truth in zip(
        trainer.sheet.captions, trainer.sheet.marks, said, data[1][chosen], strict=True
    ):
        assert caption == f"{names[one.argmax()]} {one.max():.2f}\nis {names[truth]}"
        assert (mark == "error") == (one.argmax() != truth)


def test_it_goes_on_and_counts_on(data):
    trainer = train(model(), *data, epochs=1)
    trainer.proceed(2)
    assert trainer.table.index.tolist() == [1, 2, 3]
    assert np.isfinite(trainer.table["loss"]).all()


def test_live_it_is_stopped_and_sent_on(data, run_coroutine):
    async def look_on():
        trainer = Trainer(model(), *data, epochs=500, live=True)
        while len(trainer.table) < 2:
            await asyncio.sleep(0.05)
        assert trainer.stop.disabled is False
        trainer.stop.click()
        await trainer._task
        stopped = len(trainer.table)
        assert stopped < 500
        assert trainer.ended == "interrupted"
        assert trainer.stop.disabled
        trainer.more.value = 1
        trainer.go_on.click()
        await trainer._task
        assert len(trainer.table) == stopped + 1
        assert len(trainer.result().table) == 1
        assert "polyline" in trainer.loss.value
        return trainer

    run_coroutine(look_on())


def test_a_cell_that_runs_again_ends_the_training_before(data, run_coroutine):
    async def twice():
        made = model()
        first = Trainer(made, *data, epochs=500, live=True)
        second = Trainer(made, *data, epochs=1, live=True)
        assert not first.going.running
        await second._task
        assert second.ended == "finished"

    run_coroutine(twice())


def test_label_maps_are_outlined_with_their_dice(data):
    made = cnn.unet((8, 8), 2, width=2, depth=1)
    maps = (data[0] > 0).astype(int)
    trainer = train(made, data[0], maps, epochs=1, samples=2)
    assert [caption[:5] for caption in trainer.sheet.captions] == ["Dice ", "Dice "]


def test_a_cohort_brings_its_classes(data):
    names = [f"c{number}" for number in range(16)]
    table = pd.DataFrame({
        "image": pd.Series(dict(zip(names, map(Image, data[0]), strict=True))),
        "patient": names, "label": np.array(["well", "ill"])[data[1]],
        "split": ["train"] * 12 + ["validation"] * 4,
    })  # fmt: skip
    trainer = train(model(), Cohort(table), epochs=1, samples=9)
    assert len(trainer.sheet.captions) == 4
    assert trainer.classes == ["ill", "well"]
    assert [caption.rpartition(" ")[2] for caption in trainer.sheet.captions] == table["label"].tolist()[12:]


def test_an_error_is_told_in_words(data):
    trainer = train(model(), data[0], data[1][:3], epochs=1, samples=0)
    assert "role='alert'" in trainer.message.value
    assert trainer.alt.startswith("A training without an epoch")
    assert trainer.state.value.startswith("<b>failed")
    assert len(trainer.still()) < 100_000
