# SPDX-License-Identifier: MIT
"""Training, fitting, evaluation: the program's own bits, tasks, Ctrl-C, what people get wrong."""

import os
import signal
import subprocess
import sys

import loci
import numpy as np
import pytest

TINY = dict(layers=1, width=8, order=4, batch=8)


@pytest.fixture
def waves(random):
    """Slow and fast waves, and which they are."""
    y = np.arange(80) % 2
    t = np.arange(40)
    x = np.sin(t * np.where(y, 0.9, 0.2)[:, None] + random.uniform(0, 6, (80, 1))) + 0.1 * random.standard_normal((80, 40))
    return x.astype(np.float32), y


def folder(path, **arrays):
    path.mkdir()
    for name, array in arrays.items():
        np.save(path / f"{name}.npy", array)


def as_program(program, tmp_path, words, x, y, **options):
    """Trains the same by the program: both files."""
    folder(tmp_path / "d", train_x=x, train_y=y)
    command = [program, "train", "d", "-o", "m.safetensors", "--layers", "1", "--width", "8", "--state", "4", "--batch", "8", *words]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    theirs = loci.Model.load(tmp_path / "m.safetensors")
    ours = loci.train(x, y, command=theirs.note["command"], **TINY, **options)
    return theirs, ours


def test_same_file_as_the_program(program, tmp_path, waves):
    x, y = waves
    theirs, ours = as_program(program, tmp_path, ["--epochs", "4", "--valid", "0.25", "--seed", "5"], x, y, epochs=4, valid=0.25, seed=5)
    assert ours.to_bytes() == theirs.to_bytes()
    assert ours.note["epochs"] == 4 and ours.classes == ("0", "1")
    got = loci.evaluate(theirs, x, y)
    assert got.score == np.mean(ours.predict(x) == y) and got.confusion.sum() == 80


@pytest.mark.parametrize(
    "kind", ["words", "values", "several values", "labels at every sample", "values at every sample", "bytes", "far", "three inputs"]
)
def test_same_for_every_task(program, tmp_path, waves, random, kind):
    x, y = waves
    if kind == "words":
        y = np.array(["slow", "fast"])[y]
    elif kind == "values":
        y = y + 0.25
    elif kind == "several values":
        y = np.stack([y + 0.5, x[:, 3], x[:, 4]], 1).astype(np.float64)
    elif kind == "labels at every sample":
        y = (x > 0).astype(np.int64)
    elif kind == "values at every sample":
        y = np.cumsum(x, 1).astype(np.float64)
    elif kind == "bytes":
        x = (x * 50 + 100).astype(np.uint8)
    elif kind == "far":
        x = x.astype(np.float64) + random.uniform(0, 1e-3) + 1e6
    elif kind == "three inputs":
        x = np.stack([x, 2 * x, x**2], -1)
    theirs, ours = as_program(program, tmp_path, ["--epochs", "2"], x, y, epochs=2)
    assert ours.to_bytes() == theirs.to_bytes()
    answer = ours.predict(x)
    assert np.shape(answer) == np.shape(y)
    e = loci.evaluate(ours, x, y)
    if kind == "values":
        assert e.error[0] == pytest.approx(np.sqrt(np.mean((answer - y) ** 2)), rel=1e-5)
    if kind in ("words", "labels at every sample"):
        assert e.score == pytest.approx(np.mean(answer == y), abs=0.02)


def test_it_learns_and_threads_do_not_matter(waves):
    x, y = waves
    seen = []
    model = loci.train(
        x, y, epochs=30, valid=0.25, dt_min=0.1, dt_max=1, callbacks=seen.append, threads=1, **{**TINY, "width": 16, "order": 8}
    )
    assert np.mean(model.predict(x) == y) > 0.9
    assert [r.event for r in seen].count("epoch") == 30 and seen[-1].finished and seen[0].step == 1
    other = loci.train(x, y, epochs=30, valid=0.25, dt_min=0.1, dt_max=1, threads=3, **{**TINY, "width": 16, "order": 8})
    assert other == model


def test_lists_and_lengths(waves):
    x, y = waves
    lengths = np.where(np.arange(80) % 3, 40, 25)
    a = loci.train([row[:n] for row, n in zip(x, lengths)], y, epochs=2, **TINY)
    b = loci.train(x, y, lengths=lengths, epochs=2, **TINY)
    assert a == b
    c = loci.train(x, y, epochs=2, valid=(x[:10], y[:10]), **TINY)
    assert c.note["valid_accuracy"] is not None


def test_callbacks_end_it(waves):
    model = loci.train(*waves, epochs=50, callbacks=lambda report: report.step == 3, **TINY)
    assert model.note["steps"] == 3 and model.note["finished"] is False
    with pytest.raises(ZeroDivisionError):
        loci.train(*waves, epochs=2, callbacks=lambda report: 1 / 0, **TINY)


def test_ctrl_c_and_resume(waves):
    """Stopped by a signal in the middle and gone on with: the same file as without."""
    x, y = waves
    options = dict(epochs=6, valid=0.25, **TINY)
    whole = loci.train(x, y, **options)

    def interrupt(report):
        if report.event == "step" and report.step == 20:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt) as fault:
        loci.train(x, y, callbacks=interrupt, **options)
    stopped = fault.value
    assert isinstance(stopped, loci.Interrupted) and 20 <= stopped.report.step <= 21 and isinstance(stopped.model, loci.Model)
    assert loci.train(x, y, resume=stopped.state, **options) == whole
    with pytest.raises(loci.MismatchError):
        loci.train(x, y, resume=stopped.state, **{**options, "lr": 0.5})
    with pytest.raises(loci.FormatError):
        loci.train(x, y, resume=b"junk", **options)


def test_ctrl_c_in_a_process(tmp_path):
    """A signal from outside, at any moment: a clean end, with what was learned, and signals as before."""
    code = """
import signal, sys, numpy as np, loci
signal.signal(signal.SIGINT, signal.default_int_handler)
x = np.random.default_rng(0).standard_normal((200, 100)); y = np.arange(200) % 2
try:
    loci.train(x, y, epochs=10000, valid=0.25, callbacks=lambda r: print(r.step, flush=True) if r.step == 30 else None, layers=1, width=8, order=4)
except KeyboardInterrupt as stop:
    model = loci.train(x, y, epochs=10000, valid=0.25, resume=stop.state, callbacks=lambda r: r.step >= stop.report.step + 2, layers=1, width=8, order=4)
    print("clean", stop.model is not None, model.note["steps"] - stop.report.step, signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[0].splitlines()[-1] == "clean True 2 True"


def test_texts():
    text = "the cat sat on the mat. " * 40
    model = loci.train(text, layers=1, width=16, steps=60, window=48, batch=4)
    assert model.task == "next" and model.classes == tuple(sorted(set(text)))
    written = model.generate("the ", 20, temperature=0)
    assert len(written) == 20 and written == model.generate("the ", 20, temperature=0) and set(written) <= set(text)
    assert model.text(model.tokens("mat")) == "mat"
    assert loci.evaluate(model, text, window=48).score > 0.3
    with pytest.raises(loci.InputError, match="the model knows"):
        model.generate("ß")


def test_fit(waves, program, tmp_path):
    x, y = waves
    model = loci.fit(x, y, modes=50)
    assert model.note["left_out"] > 0.9 and loci.evaluate(model, x, y).score > 0.9
    a, b = loci.Learner(50).push(x[:40], y[:40]), None
    b = a.like().push(x[40:], y[40:])
    a += b
    assert a.solve()["sequences"] == 80
    folder(tmp_path / "d", train_x=x, train_y=y)
    subprocess.run([program, "fit", "d", "-o", "f.safetensors", "--modes", "50"], cwd=tmp_path, check=True, capture_output=True)
    theirs = loci.Model.load(tmp_path / "f.safetensors")
    assert np.array_equal(np.frombuffer(theirs._model, np.float32), np.frombuffer(model._model, np.float32))
    values = loci.fit(x, x[:, 5].astype(np.float64), modes=50)
    assert values.task == "value"


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda x, y: loci.train(x), loci.InputError, "y is missing"),
        (lambda x, y: loci.train(x, y, augment="flop"), loci.InputError, "'flip', 'shift' or 'flip,shift' was expected"),
        (lambda x, y: loci.train(x, y, precision="half"), loci.InputError, "'float' or 'bf16' was expected"),
        (lambda x, y: loci.train(x, y, augment="flip"), loci.InputError, "augment is about images"),
        (lambda x, y: loci.train(x, y[:10]), loci.MismatchError, "10 sequences, and x has 80"),
        (lambda x, y: loci.train(x, np.zeros(80, int)), loci.InputError, "1 classes; 2"),
        (lambda x, y: loci.train(x * np.nan, y), loci.InputError, "sequence 0, sample 0"),
        (lambda x, y: loci.train(x, y + 0.5 * np.nan), loci.InputError, ""),
        (lambda x, y: loci.train(x, y, task="guess"), loci.InputError, "guess"),
        (lambda x, y: loci.train(x, y, task="class-each"), loci.MismatchError, "class-each"),
        (lambda x, y: loci.train(x, y, classes=["0", "2"]), loci.MismatchError, "label 1"),
        (lambda x, y: loci.train(x, y, epochs=0), loci.InputError, "both 0"),
        (lambda x, y: loci.train(x, y, valid=1.5), loci.InputError, "valid"),
        (lambda x, y: loci.train(x, y, width=0), loci.InputError, "width"),
        (lambda x, y: loci.train(x, y, layer="lego"), loci.InputError, "lego"),
        (lambda x, y: loci.train(x, np.full(80, 3.0)), loci.InputError, "values that differ"),
        (lambda x, y: loci.train(x, y, lengths=[0] * 80), loci.InputError, "lengths"),
        (lambda x, y: loci.train(x[0, 0], y), loci.InputError, "shape"),
        (lambda x, y: loci.train([x[0], "a"], y[:2]), (loci.Error, ValueError), ""),
        (lambda x, y: loci.train("    "), loci.InputError, "too short"),
        (lambda x, y: loci.evaluate(loci.Model("small", 2, 2), x, y), loci.MismatchError, "inputs"),
        (lambda x, y: loci.fit(x, y, statistics="love"), loci.InputError, "love"),
        (lambda x, y: loci.Learner().solve(), loci.InputError, "knows nothing"),
    ],
)
def test_bad_input(waves, call, error, text):
    with pytest.raises(error) as fault:
        call(*waves)
    assert text in str(fault.value)
