# SPDX-License-Identifier: MIT
"""Data sets by path: what the program reads, read likewise, to the same files."""

import gzip
import json
import pathlib
import pickle
import struct
import subprocess
import wave

import loci
import numpy as np
import pytest

TINY = dict(layers=1, width=8, order=4, batch=8, epochs=2)
WORDS = ["--layers", "1", "--width", "8", "--state", "4", "--batch", "8", "--epochs", "2"]


@pytest.fixture
def waves(random):
    """Slow and fast waves, and which they are."""
    y = np.arange(60) % 2
    x = np.sin(np.arange(40) * np.where(y, 0.9, 0.2)[:, None] + random.uniform(0, 6, (60, 1))) + 0.1 * random.standard_normal((60, 40))
    return x.astype(np.float32), y


def arrays(folder, waves):
    x, y = waves
    folder.mkdir()
    for name, data in (("train_x", x[:40]), ("train_y", y[:40]), ("test_x", x[40:]), ("test_y", y[40:])):
        np.save(folder / f"{name}.npy", data)


def table(folder, waves):
    folder.mkdir()
    rows = ["walk,speed,gait,other"]
    rows += [f"{i},{v:.5f},{'run' if y else 'walk'},{v * v:.5f}" for i, (x, y) in enumerate(zip(*waves)) for v in x]
    (folder / "walks.csv").write_text("\n".join(rows) + "\n")


def holes(folder, waves):
    """The table with numbers that are missing, none at the beginning of a walk."""
    table(folder, waves)
    rows = (folder / "walks.csv").read_text().splitlines()
    for k in range(5, len(rows), 7):
        if (k - 1) % 40:
            walk, _, *others = rows[k].split(",")
            rows[k] = ",".join([walk, ["", "NaN", "#N/A"][k % 3], *others])
    (folder / "walks.csv").write_text("\n".join(rows) + "\n")


def sounds(folder, waves):
    folder.mkdir()
    for i, (x, y) in enumerate(zip(*waves)):
        with wave.open(str(folder / f"{'fast' if y else 'slow'}_{i % 5}_{i}.wav"), "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(1000)
            file.writeframes((x * 20000).astype("<i2").tobytes())
    (folder / "README").write_text("what these are")


def images(folder, waves):
    """MNIST's kind of files, packed."""
    folder.mkdir()
    x, y = waves
    for split, of in (("train", slice(0, 40)), ("t10k", slice(40, 60))):
        pixels = (x[of, :36] * 60 + 128).astype(np.uint8)
        for name, head, data in (
            ("images-idx3", struct.pack(">4B3I", 0, 0, 8, 3, len(pixels), 6, 6), pixels.tobytes()),
            ("labels-idx1", struct.pack(">4BI", 0, 0, 8, 1, len(pixels)), y[of].astype(np.uint8).tobytes()),
        ):
            (folder / f"{split}-{name}-ubyte.gz").write_bytes(gzip.compress(head + data))


def text(folder, waves):
    folder.mkdir()
    (folder / "book.txt").write_text("the cat sat on the mat and ate a rat. " * 60)


KINDS = {
    "arrays": (arrays, "", {}, []),
    "arrays in another order": (arrays, "", {"permute": 3}, ["--permute", "3"]),
    "groups": (table, "walks.csv", dict(label="gait", group="walk", test=0.25), ["--label", "gait", "--group", "walk", "--test", "0.25"]),
    "windows": (
        table, "walks.csv", dict(value="other", column=["speed"], window=20, stride=10, test=0.2),
        ["--value", "other", "--column", "speed", "--window", "20", "--stride", "10", "--test", "0.2"],
    ),
    "windows of which none can validate": (
        table, "walks.csv", dict(value="other", column=["speed"], window=1500, stride=1, steps=2),
        ["--value", "other", "--column", "speed", "--window", "1500", "--stride", "1", "--steps", "2"],
    ),
    "what follows": (table, "walks.csv", dict(horizon=3, column="speed", window=16), ["--horizon", "3", "--column", "speed", "--window", "16"]),
    "what follows every column": (table, "walks.csv", dict(horizon=3, window=16, group="walk"), ["--horizon", "3", "--window", "16", "--group", "walk"]),
    "holes": (
        holes, "walks.csv", dict(value="4", group="walk", window=20, missing="hold"),
        ["--value", "4", "--group", "walk", "--window", "20", "--missing", "hold"],
    ),
    "sounds": (
        sounds, "", dict(label="{label}_*", except_="*_[01]_*", resample=500), ["--label", "{label}_*", "--except", "*_[01]_*", "--resample", "500"],
    ),
    "images": (images, "", {}, []),
    "augmented": (images, "", dict(augment="flip,shift"), ["--augment", "flip,shift"]),
    "text": (text, "book.txt", dict(window=32, layer="s4d"), ["--window", "32", "--layer", "s4d"]),
}  # fmt: skip


def run(program, folder, *words):
    return subprocess.run([program, *map(str, words)], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore:.*(passed over|missing value)")
def test_same_files_as_the_program(program, tmp_path, monkeypatch, waves, kind):
    monkeypatch.chdir(tmp_path)
    make, name, options, words = KINDS[kind]
    make(tmp_path / "d", waves)
    path = pathlib.Path("d") / name
    run(program, tmp_path, "train", path, "-o", "m.safetensors", *WORDS, *words)
    theirs = loci.Model.load("m.safetensors")
    ours = loci.train(path if kind != "arrays" else "d", command=theirs.note["command"], **TINY, **options)
    assert ours.to_bytes() == theirs.to_bytes()
    e, told = loci.evaluate(ours, path), json.loads(run(program, tmp_path, "eval", "m.safetensors", path, "--json"))
    assert (e.sequences, e.loss) == (told["samples"], told["loss"])
    if kind == "sounds":
        e = loci.evaluate(ours, "d", match="*_[01]_*")
        assert (
            e.sequences
            == 24
            == json.loads(run(program, tmp_path, "eval", "m.safetensors", "d", "--match", "*_[01]_*", "--json"))["samples"]
        )
        assert ours.inspect()["reading"] == {"label": "{label}_*", "except": "*_[01]_*", "resample": 500.0}
    if kind == "holes":
        assert ours.inspect()["reading"]["missing"] == "hold"
        with pytest.raises(loci.Error, match="or --missing hold"):
            loci.evaluate(ours, path, missing="refuse")
        fitted = loci.fit(str(path), modes=20, **options)
        run(program, tmp_path, "fit", path, "-o", "f.safetensors", "--modes", "20", *words)
        assert b'learned\\":[\\"other' in fitted.to_bytes() and b'learned\\":[\\"other' in pathlib.Path("f.safetensors").read_bytes()
    if kind == "groups":
        assert [loci.evaluate(ours, path, split=split).sequences for split in ("test", "train", "all")] == [16, 44, 60]


def test_fit_and_learners(program, tmp_path, monkeypatch, waves):
    monkeypatch.chdir(tmp_path)
    sounds(tmp_path / "d", waves)
    (tmp_path / "d" / "README").unlink()
    run(program, tmp_path, "fit", "d", "-o", "m.safetensors", "--modes", "40", "--label", "{label}_*")
    theirs = loci.Model.load("m.safetensors")
    assert loci.fit("d", modes=40, label="{label}_*", command=theirs.note["command"]) == theirs
    half = loci.Learner(40).push("d", label="{label}_*", match="*_[01]_*")
    again = pickle.loads(pickle.dumps(half))
    assert again.solve() == half.solve() and again.model() == half.model() and again.push("d").solve() == half.push("d").solve()
    with pytest.raises(loci.InputError, match="label is as it was in the first push"):
        half.push("d", label="*_{label}_*")
    empty = pickle.loads(pickle.dumps(loci.Learner(40, seed=3)))
    assert empty.push("d", label="{label}_*").model() == loci.fit("d", modes=40, seed=3, label="{label}_*", command="loci.fit(x, y)")


def test_exports_that_are_calibrated(program, tmp_path, monkeypatch, waves):
    monkeypatch.chdir(tmp_path)
    arrays(tmp_path / "d", waves)
    model = loci.train("d", **TINY)
    model.save("m.safetensors")
    last = run(
        program, tmp_path, "export", "m.safetensors", "-o", "theirs", "--weights", "int8", "--prefix", "net", "--calibrate", "d"
    ).splitlines()[-1]
    told = model.export("ours", "net", weights="int8", calibrate="d", origin="m.safetensors")
    for name in ("net.c", "net.h", "README.md"):
        assert pathlib.Path("ours", name).read_bytes() == pathlib.Path("theirs", name).read_bytes()
    assert told["calibration"]["sequences"] == 40 and f"{told['calibration']['most']:.2g} at most" in last
    x, y = waves
    assert model.export("own", "net", weights="int8", calibrate=(x[:40], y[:40]))["calibration"] == told["calibration"]
    plain = model.export("plain", "net", weights="int8")
    assert "calibration" not in plain and pathlib.Path("plain/net.c").read_bytes() != pathlib.Path("ours/net.c").read_bytes()
    for call, said in (
        (dict(calibrate="d"), 'weights="int8" was expected, too'),
        (dict(weights="int8", calibrate=x), "a path, or the two"),
        (dict(weights="int8", calibrate=(np.stack([x, x], -1), y)), "inputs"),
    ):
        with pytest.raises(loci.Error, match=said):
            model.export("new", "net", **call)
    assert not pathlib.Path("new").exists()


def test_inputs_are_found_by_their_names(tmp_path, waves):
    table(tmp_path / "d", waves)
    path = tmp_path / "d" / "walks.csv"
    head, *rows = path.read_text().splitlines()
    names = head.split(",")
    order = sorted(range(len(names)), key=lambda i: names[i], reverse=True)
    turned = tmp_path / "turned.csv"
    turned.write_text("".join(",".join([*(line.split(",")[i] for i in order), more]) + "\n" for line, more in zip([head, *rows], ["more"] + ["1"] * len(rows))))
    options = dict(label="gait", group="walk")
    for model in (loci.train(path, **options, **TINY), loci.fit(path, modes=20, **options)):
        inputs = model.inspect()["reading"]["inputs"]
        assert sorted(inputs) == sorted(set(names) - {"gait", "walk"})
        first, second = loci.evaluate(model, path), loci.evaluate(model, turned)
        assert (first.sequences, first.loss) == (second.sequences, second.loss)
        assert loci.Model.from_bytes(model.to_bytes()).inspect()["reading"]["inputs"] == inputs
    model = loci.train(path, **options, **TINY)
    first, second = (loci.train(other, model=model, epochs=1, **options) for other in (path, turned))
    assert first.fingerprint == second.fingerprint and first.inspect()["reading"]["inputs"] == second.inspect()["reading"]["inputs"]
    learner = [loci.Learner(20).push(path, **options).push(other) for other in (path, turned)]
    assert learner[0].model() == learner[1].model()


def test_what_is_held_is_counted(tmp_path, waves):
    holes(tmp_path / "d", waves)
    with pytest.warns(UserWarning, match="walks.csv: 335 missing values; of each the value before stands there") as told:
        loci.train(tmp_path / "d" / "walks.csv", label="gait", group="walk", missing="hold", **{**TINY, "epochs": 1})
    assert told[0].filename == __file__


def test_what_is_passed_over(tmp_path, waves):
    sounds(tmp_path / "d", waves)
    with pytest.warns(UserWarning, match="passed over README, which is no data") as told:
        loci.train(tmp_path / "d", label="{label}_*", **{**TINY, "epochs": 1})
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    "call, error, said",
    [
        (lambda d: loci.train("nowhere"), FileNotFoundError, "nowhere"),
        (lambda d: loci.train(pathlib.Path("now here")), FileNotFoundError, "now here"),
        (lambda d: loci.fit("now here"), FileNotFoundError, "now here"),
        (lambda d: loci.train(d, [1, 2]), loci.InputError, "y was given with the path"),
        (lambda d: loci.train(d, rate=10.0), loci.InputError, "rate was given with the path"),
        (lambda d: loci.train(d, valid=(1, 2)), loci.UnsupportedError, "a share was expected for a path"),
        (lambda d: loci.train(d, label="a", value="b"), loci.InputError, "exclude each other"),
        (lambda d: loci.train(d, label=3), loci.InputError, "label is 3"),
        (lambda d: loci.train(d, test=1.5), loci.InputError, "test is 1.5"),
        (lambda d: loci.train(d, window=0), loci.InputError, "window is 0"),
        (lambda d: loci.train(d, stride=2), loci.InputError, "stride is between windows"),
        (lambda d: loci.train(d, resample=-1), loci.InputError, "resample is -1"),
        (lambda d: loci.train(d, column=[]), loci.InputError, "column names no columns"),
        (lambda d: loci.train(d, decimal=";"), loci.InputError, "decimal is ';'"),
        (lambda d: loci.train(d, missing="keep"), loci.InputError, "missing is 'keep'; refuse or hold was expected"),
        (lambda d: loci.train(d, group="walk"), loci.InputError, "are for tables"),
        (lambda d: loci.train(np.zeros((4, 5)), [0, 1, 0, 1], label="a"), loci.InputError, "label is about files"),
        (lambda d: loci.evaluate(loci.Model(), d, split="half"), loci.InputError, 'split is "half"'),
        (lambda d: loci.evaluate(loci.Model(), d, label="a"), loci.InputError, "label is as it was in the training"),
        (lambda d: loci.evaluate(loci.Model(), d, lable="a"), TypeError, "lable is no option"),
        (lambda d: loci.evaluate(loci.Model(), np.zeros((4, 5)), [0, 1, 0, 1], split="train"), loci.InputError, "which is about files"),
        (lambda d: loci.evaluate(loci.Model("small", 3, 2), d), loci.MismatchError, "1 inputs and 2 outputs; 3 and 2"),
        (lambda d: loci.evaluate(loci.Model(), d, rate=5.0), loci.MismatchError, "data without a rate"),
    ],
)
def test_bad_input(tmp_path, waves, call, error, said):
    arrays(tmp_path / "d", waves)
    with pytest.raises(error) as fault:
        call(str(tmp_path / "d"))
    assert said in str(fault.value)


def test_files_that_are_damaged(tmp_path, waves):
    images(tmp_path / "d", waves)
    packed = tmp_path / "d" / "train-images-idx3-ubyte.gz"
    data = packed.read_bytes()
    for cut, said in (
        (data[:-20], "is cut short"),
        (data[:-6] + bytes([data[-6] ^ 1]) + data[-5:], "is damaged"),
        (data + b"x", "other bytes follow"),
    ):
        packed.write_bytes(cut)
        with pytest.raises(loci.FormatError, match=said):
            loci.fit(tmp_path / "d")
    half = len(data) // 2  # members one behind the other are one
    whole = gzip.decompress(data)
    packed.write_bytes(gzip.compress(whole[:half]) + gzip.compress(whole[half:]))
    assert loci.fit(tmp_path / "d", modes=20).classes == ("0", "1")
