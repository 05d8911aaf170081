# SPDX-License-Identifier: MIT
"""Models and streams: whole sequences against single steps, round trips, threads, what people get wrong."""

import copy
import os
import pickle
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import loci
import numpy as np
import pytest

LAYERS = ("s4d", "s4", "s5", "mamba", "mamba2", "lstm", "gru", "mingru", "conv")


def small(layer="s4d", inputs=2, outputs=3, **more):
    preset = {"s4d": "small", "s4": "s4"}.get(layer, layer)
    options = dict(layers=1 if layer in ("lstm", "gru") else 2, width=16)
    if layer in ("s4d", "s4", "mamba", "mamba2"):
        options["order"] = 8
    if layer == "s5":
        options["order"] = 16
    return loci.Model(preset, inputs, outputs, seed=3, **{**options, **more})


@pytest.mark.parametrize("layer", LAYERS)
def test_whole_step_and_stream_agree(layer, random):
    model = small(layer)
    x = random.standard_normal((3, 50, 2)).astype(np.float32)
    whole = model.predict_proba(x)
    assert whole.shape == (3, 3) and np.allclose(whole.sum(1), 1)
    for i in range(3):
        state = None
        for sample in x[i]:
            answer, state = model.step(sample, state)
        assert np.allclose(answer, whole[i], atol=1e-5)
        stream = model.stream()
        assert np.array_equal(stream.push(x[i])[-1], answer)  # the same bits as single steps


def test_what_is_not_finite(random):
    """No class of it, and none of an answer that overflows."""
    model, x = small(inputs=1), random.standard_normal((3, 20)).astype(np.float32)
    for bad in (np.nan, np.inf):
        y = x.copy()
        y[1, 7] = bad
        for ask in (model.forward, model.predict, model.predict_proba):
            with pytest.raises(loci.InputError, match="sequence 1, sample 7 is not finite"):
                ask(y)
            with pytest.raises(loci.InputError, match="sequence 2, sample 3 is not finite"):
                ask([x[0], x[1, :9], np.r_[x[2, :3], bad]])
    model.parameters["decoder.bias"][:] = np.nan
    for ask in (model.predict, model.predict_proba):
        with pytest.raises(loci.InputError, match="no finite number comes out of it"):
            ask(x)
    assert np.isnan(model.forward(x)).all()


def test_shapes(random):
    model, x = small(inputs=1), random.standard_normal((4, 30))
    assert model.forward(x).shape == (4, 3) and model.forward(x).dtype == np.float32
    assert model.predict(x).shape == (4,) and np.ndim(model.predict(x[0])) == 0
    assert np.allclose(model.forward(list(x)), model.forward(x))
    ragged = [x[0], x[1, :20], x[2, :7]]
    answers = model.forward(ragged)
    for i, part in enumerate(ragged):
        assert np.allclose(answers[i], model.forward(part), atol=1e-5)
    assert np.allclose(model.forward(x, lengths=[30, 20, 7, 30])[1], answers[1], atol=1e-5)
    each = small(inputs=1, pool="none")
    assert each.forward(x).shape == (4, 30, 3) and each.forward(x[0]).shape == (30, 3)
    assert [len(a) for a in each.forward(ragged)] == [30, 20, 7]
    many = random.standard_normal((100, 30))
    assert np.array_equal(model.forward(many, threads=4), model.forward(many, threads=1))


def test_numbers_far_from_zero(random):
    """Doubles that floats could not tell apart."""
    model = small(inputs=1).describe(shift=[0.0], scale=[1.0])
    far = model.copy().describe(shift=[1e9], scale=[1.0])
    x = random.standard_normal((2, 30))
    assert np.allclose(far.forward(x + 1e9), model.forward(x), atol=1e-5)


def test_parameters_are_views():
    model = small()
    before = model.fingerprint
    names = model.parameters
    assert sum(p.size for p in names.values()) == model.count
    assert names["encoder.weight"].shape == (16, 2)
    x = np.ones((1, 5, 2))
    was = model.forward(x)
    names["decoder.bias"][:] += 1
    assert model.fingerprint != before and np.allclose(model.forward(x), was + 1, atol=1e-6)
    del model
    assert np.isfinite(names["decoder.bias"]).all()  # views keep the memory


def test_round_trips(random, tmp_path):
    for trial in range(30):
        layer = LAYERS[trial % len(LAYERS)]
        model = small(layer, inputs=int(random.integers(1, 4)), outputs=int(random.integers(2, 5)))
        assert pickle.loads(pickle.dumps(model)) == model == copy.deepcopy(model) == loci.Model.from_bytes(memoryview(model.to_bytes()))
        stream = model.stream()
        x = random.standard_normal((20, model.inputs))
        stream.push(x)
        other = pickle.loads(pickle.dumps(stream))
        again = model.stream().restore(stream.save())
        fork = stream.fork()
        wanted = stream.push(x)
        for s in (other, again, fork):
            assert np.array_equal(s.push(x), wanted)
    model.save(tmp_path / "m.safetensors")
    assert loci.Model.load(tmp_path / "m.safetensors") == model


def test_streams(random):
    model, x = small(), random.standard_normal((100, 2)).astype(np.float32)
    whole = model.stream().push(x)
    s = model.stream(every=7)
    cut = [s.push(part) for part in (x[:3], x[3:50], x[50:51], x[51:])]
    assert np.array_equal(np.concatenate(cut), whole[6::7])
    assert np.array_equal(s.answer(), whole[-1]) and s.samples() == 100
    assert np.array_equal(s.reset().push(x[0], every=1), whole[0]) and s.label() in range(3)
    lanes = model.stream(lanes=3)
    y = lanes.push(np.stack([x, 2 * x, 3 * x]))
    assert y.shape == (3, 100, 3) and np.array_equal(y[0], whole)
    assert lanes.push(x[None], lanes=[1]).shape == (1, 100, 3) and lanes.samples(1) == 200 and lanes.samples(2) == 100
    fresh = model.stream(every=0)
    assert fresh.push(x) is None and np.array_equal(fresh.answer(), whole[-1])
    kept = model.stream()
    model.parameters["decoder.bias"][:] += 1
    state = kept.save()
    assert np.array_equal(kept.push(x), whole)  # a model changed later
    kept.restore(state)
    others = [kept.fork(), copy.copy(kept), pickle.loads(pickle.dumps(kept))]  # whatever is made of it is of the model as it was
    kept.push(x)
    model.describe(classes=["a", "b", "c"])
    wanted = kept.push(x)
    for other in others:
        other.push(x)
        assert np.array_equal(other.push(x), wanted) and other.label() == kept.label() and other.fork().samples() == 200


def test_states_of_the_program(program, random, tmp_path):
    """Also where inputs are so far from 0 that the program shifts them itself: the state belongs to the model of the file."""
    model, x = small(inputs=1).describe(shift=[5000.0], scale=[1.0]), 5000 + random.standard_normal(30)
    model.save(tmp_path / "m.safetensors")
    np.savetxt(tmp_path / "x.csv", x, fmt="%.17g")
    subprocess.run([program, "stream", "m.safetensors", "x.csv", "--state-out", "s", "-o", "y.csv"], cwd=tmp_path, check=True)
    stream = model.stream().restore((tmp_path / "s").read_bytes())
    theirs = np.loadtxt(tmp_path / "y.csv", delimiter=",", skiprows=1)[-1, 1:]
    assert stream.samples() == 30 and np.allclose(stream.answer(raw=True), theirs, rtol=1e-6)


def test_windows(program, random, tmp_path):
    """As the program answers, however it is cut; the newest samples alone count."""
    model, x = small("gru", inputs=1).describe(classes="abc"), random.standard_normal(300).astype(np.float32)
    model.save(tmp_path / "m.safetensors")
    np.savetxt(tmp_path / "x.csv", x.astype(np.float64), fmt="%.17g")
    words = ["m.safetensors", "x.csv", "--window", "40", "--every", "25"]
    said = subprocess.run([program, "stream", *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    theirs = np.array([row.split(",")[-3:] for row in said.splitlines()[1:]], dtype=np.float64)
    s = model.stream(window=40, every=25)
    ours = np.concatenate([s.push(part) for part in np.split(x, [3, 30, 130, 131])])
    assert np.allclose(ours, theirs, rtol=1e-5, atol=1e-7) and len(ours) == 12 and s.samples() == 300
    last = np.concatenate([x[260:280], x[280:]])  # the windows of 20 that 300 samples fill: the older of two lanes began at 260
    assert np.array_equal(s.answer(), model.stream().push(last)[-1]) and s.label() in "abc"
    assert "of which the newest 40 count" in repr(s) and s.reset().samples() == 0
    assert np.array_equal(s.push(x), ours)
    for use in (s.save, s.fork, lambda: pickle.dumps(s), lambda: s.restore(b""), lambda: s.push([1.0], dt=2.0), lambda: model.stream(lanes=2, window=3)):
        with pytest.raises(loci.UnsupportedError, match="was expected"):
            use()
    with pytest.raises(loci.InputError, match="window is 0"):
        model.stream(window=0)
    with pytest.raises(IndexError, match="lane is 1"):
        s.answer(1)


def test_one_stream_by_threads_in_turns(random):
    """Answers that are due are counted under the lock of the push."""
    model = small("lstm", inputs=1)
    for stream in (model.stream(every=3), model.stream(every=3, window=50)):
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda part: len(stream.push(part)), np.split(random.standard_normal(4000), 400)))
        assert sum(got) == 1333 and stream.samples() == 4000


def test_long_pushes(random):
    """Piece by piece, to the bits of short ones; Ctrl-C ends them."""
    model, x = small("lstm", inputs=1, width=4), random.standard_normal(40000).astype(np.float32)
    for options in ({"every": 7}, {"every": 7, "window": 500}, {"every": 1}, {"every": 50000}):
        long, short = model.stream(**options), model.stream(**options)
        wanted = np.concatenate([short.push(part) for part in np.split(x, [3, 9000, 12345, 30000])])
        assert np.array_equal(long.push(x), wanted) and long.samples() == short.samples() == 40000
    s4d = small(inputs=1)
    assert np.array_equal(s4d.stream(every=9).push(x[:20000], dt=np.full(20000, 2.0))[:1000], s4d.stream(every=9).push(x[:9000], dt=2.0))
    stream = model.stream()
    with pytest.raises(loci.InputError, match="sample 39999"):
        stream.push(np.where(np.arange(40000) == 39999, np.nan, x))
    assert stream.samples() == 0
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        stream.push(np.tile(x, 100))
    assert 0 <= stream.samples() < 4000000


def test_two_hundred_threads(random):
    model, x = small(), random.standard_normal((200, 50, 2)).astype(np.float32)
    wanted, got = [model.stream().push(one)[-1] for one in x], [None] * 200

    def work(i):
        stream = model.stream()
        for part in np.split(x[i], 5):
            got[i] = stream.push(part)[-1]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(200)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert all(np.array_equal(a, b) for a, b in zip(got, wanted))


def test_convert(tmp_path):
    """The state_dict of an S4D network: shapes say what it is, numbers come through."""
    model = loci.Model("s4-example", 1, 10, seed=1, layers=1, width=8, order=4)
    state = {name: value for name, value in model.parameters.items()}
    other = loci.Model.convert(state)
    assert np.array_equal(other.forward(np.ones((1, 20))), model.forward(np.ones((1, 20))))
    H = 8
    rng = np.random.default_rng(0)
    attention = loci.Model.convert(
        {"in_proj_weight": rng.standard_normal((3 * H, H)), "out_proj.weight": rng.standard_normal((H, H))}, heads=2
    )
    assert attention.forward(rng.standard_normal((1, 9, H))).shape == (1, 9, H)
    with pytest.raises(loci.FormatError, match="encoder"):
        loci.Model.convert({k: v for k, v in state.items() if k != "encoder.weight"})
    with pytest.raises(loci.InputError, match="int16"):
        loci.Model.convert({"a": np.ones(3, np.int16)})


def test_export(tmp_path, random):
    """The C that is written compiles silently and answers as the stream does, by its own test."""
    model = small("s4d", inputs=2)
    facts = model.export(tmp_path / "c", prefix="net", samples=random.standard_normal((30, 2)))
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == ["CMakeLists.txt", "README.md", "net.c", "net.h", "net_test.c"]
    assert facts["state"] > 0 and facts["multiplies"] > 100
    subprocess.run(
        "cc -std=c99 -Wall -Wextra -Werror net.c net_test.c -lm -o t && ./t",
        shell=True,
        cwd=tmp_path / "c",
        check=True,
        capture_output=True,
    )
    assert facts["difference"] < 1e-5
    whole = model.export(tmp_path / "w", prefix="net", weights="int8")
    assert whole["constants"] < facts["constants"] and 1e-5 < whole["difference"] < 0.1
    subprocess.run("cc -std=c99 net.c net_test.c -lm -o t && ./t", shell=True, cwd=tmp_path / "w", check=True, capture_output=True)
    with pytest.raises(loci.InputError, match="int8 was expected"):
        model.export(tmp_path / "v", weights="int4")
    loci.export(model, tmp_path / "c", "net")  # again, into its own folder
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "letter.txt").write_text("dear")
    with pytest.raises(loci.FileError, match="other files"):
        model.export(tmp_path / "d")
    (tmp_path / "file").write_text("no folder")
    for folder, said in (
        ("file", "file: is no folder; a folder"),
        ("file/e", "cannot be written: Not a directory: '.*file/e'"),
        ("no/where", "cannot be written: No such file or directory: '.*no/where'"),
    ):
        with pytest.raises(loci.FileError, match=said):
            model.export(tmp_path / folder)
    for folder in ("", "a\0b"):
        with pytest.raises(loci.InputError, match="the name of one was expected"):
            model.export(folder)
    for samples, said in ((np.ones((4, 3)), r"samples: has the shape \(4, 3\); \[n\]\[2\]"), (np.ones(4), r"the shape \(4,\)")):
        with pytest.raises(loci.MismatchError, match=said):
            model.export(tmp_path / "e", samples=samples)
    with pytest.raises(loci.InputError, match="decoder.weight has nan at 0"):
        spoiled = model.copy()
        spoiled.parameters["decoder.weight"][0, 0] = np.nan
        spoiled.export(tmp_path / "e")
    with pytest.raises(loci.UnsupportedError):
        small(bidirectional=True).export(tmp_path / "e")
    with pytest.raises(loci.InputError, match="prefix"):
        model.export(tmp_path / "e", prefix="no no")
    assert not (tmp_path / "e").exists()


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda m: loci.Model("large"), loci.InputError, "large"),
        (lambda m: loci.Model("small", width=-1), loci.InputError, "width"),
        (lambda m: loci.Model("small", heads=3), loci.InputError, "heads is not for layers of s4d"),
        (lambda m: loci.Model("small", colour="red"), loci.InputError, "colour"),
        (lambda m: m.forward(np.ones((2, 5, 3))), loci.MismatchError, "3 inputs; 2"),
        (lambda m: m.forward(np.ones(5)), loci.InputError, "shape"),
        (lambda m: m.forward(np.ones((0, 5, 2))), loci.InputError, "at least"),
        (lambda m: m.forward("text"), loci.InputError, ""),
        (lambda m: m.forward(np.ones((1, 5, 2)), rate=100.0), loci.InputError, "rate"),
        (lambda m: m.step(np.ones(3)), loci.MismatchError, "3 numbers; 2"),
        (lambda m: m.step(np.ones(2), np.ones(5)), loci.MismatchError, "state"),
        (lambda m: m.step([np.nan, 1]), loci.InputError, "finite"),
        (lambda m: m.stream().push(np.ones((5, 3))), loci.MismatchError, "[n][2] was expected"),
        (lambda m: m.stream().push([[1.0, np.nan]]), loci.InputError, "sample 0"),
        (lambda m: m.stream(lanes=0), loci.InputError, ""),
        (lambda m: m.stream(every=-1), loci.InputError, "every"),
        (lambda m: m.stream().answer(7), IndexError, "lane is 7"),
        (lambda m: m.stream().restore(b"no"), loci.FormatError, ""),
        (lambda m: m.stream().restore(small("gru").stream().save()), loci.MismatchError, ""),
        (lambda m: m.generate(), loci.UnsupportedError, "tokens"),
        (lambda m: m.describe(flavour=1), loci.InputError, "flavour"),
        (lambda m: loci.Model("small", 1, 1, **{"é" * 200: 1}), loci.InputError, "no field é"),  # cut, wherever that is
        (lambda m: loci.Model("small", 1, 1, **{"a" + "é" * 200: 1}), loci.InputError, "no field aé"),
        (lambda m: m.describe(scale=[0.0, 1.0]), loci.InputError, "scale"),
        (lambda m: small(bidirectional=True).stream(), loci.UnsupportedError, ""),
        (lambda m: small(bidirectional=True).step(np.ones(2)), loci.UnsupportedError, "streams"),
        (lambda m: loci.Model.from_bytes(b"12345678"), loci.FormatError, ""),
        (lambda m: loci.Model.load("/nowhere"), FileNotFoundError, ""),
    ],
)
def test_bad_input(call, error, text):
    model = small()
    with pytest.raises(error) as fault:
        call(model)
    assert text in str(fault.value)


def test_use_after_close():
    stream = small().stream()
    with stream:
        stream.push(np.ones((3, 2)))
    for use in (lambda: stream.push(np.ones((1, 2))), stream.answer, stream.save, stream.fork, stream.samples, stream.reset):
        with pytest.raises(loci.ClosedError, match="closed"):
            use()
    assert repr(stream) == "<loci.Stream closed>"


def test_pickles_of_another_version():
    function, (_, data) = small().__reduce__()
    with pytest.raises(loci.UnsupportedError, match="version 9"):
        function(9, data)
