# SPDX-License-Identifier: MIT
"""Systems: their forms against one another and against matrices written out."""

import pickle
import subprocess

import loci
import numpy as np
import pytest

KINDS = ("legs:8", "s4-legs:8", "s4-legt:8", "s4d-lin:16,copies=3", "s5:8,dt=0.1", "s4d-legs:8")


@pytest.mark.parametrize("kind", KINDS)
def test_forms_agree(kind, random):
    s = loci.System(kind)
    u = random.standard_normal((100, s.copies) if s.copies > 1 else 100)
    y, state = s.run(u, form="recurrent")
    for form in ("convolution", "mixed", "choose"):
        other, end = s.run(u, form=form)
        assert np.allclose(other, y, atol=1e-9 * max(1, np.abs(y).max())) and np.allclose(
            end, state, atol=1e-9 * max(1, np.abs(state).max())
        )
    first, middle = s.run(u[:37], form="convolution")
    second, end = s.run(u[37:], middle, form="recurrent")
    assert np.allclose(np.concatenate([first, second]), y, atol=1e-9 * max(1, np.abs(y).max()))
    single, _ = s.run(u, dtype=np.float32, form="recurrent")
    assert single.dtype == np.float32 and np.allclose(single, y, atol=1e-4 * max(1, np.abs(y).max()))


def test_dense_by_hand(random):
    A, B, C = random.standard_normal((3, 3)) - 3 * np.eye(3), random.standard_normal(3), random.standard_normal(3)
    s = loci.System(A=A, B=B, C=C, D=0.5, dt=0.1)
    assert (s.structure, s.order, s.copies) == ("dense", 3, 1) and np.array_equal(s.A, A) and np.array_equal(s.B[0], B)
    eye = np.eye(3)
    step, drive = np.linalg.solve(eye - 0.05 * A, eye + 0.05 * A), np.linalg.solve(eye - 0.05 * A, 0.1 * B)
    u, x, wanted = random.standard_normal(50), np.zeros(3), []
    for value in u:
        x = step @ x + drive * value
        wanted.append(C @ x + 0.5 * value)
    y, state = s.run(u, discretization="bilinear")
    assert np.allclose(y, wanted, atol=1e-12) and np.allclose(state[0], x, atol=1e-12)
    k = s.kernel(50, "bilinear")
    assert np.allclose(np.convolve(k, u)[:50] + 0.5 * u, y, atol=1e-11)
    assert s.growth == pytest.approx(np.linalg.eigvals(A).real.max(), abs=1e-6)


def test_single_precision_and_parts_that_would_be_lost(random):
    A, B, C = (random.standard_normal((2, 4)) + 1j * random.standard_normal((2, 4)) for _ in range(3))
    single = [m.astype(np.complex64) for m in (A - 3, B, C)]
    s = loci.System(A=single[0], B=single[1], C=single[2], dt=0.1)
    assert (s.structure, s.copies, s.order) == ("diagonal", 2, 8)
    for name, given in zip("ABC", single):
        assert np.array_equal(getattr(s, name), given.astype(np.complex128))
    assert np.allclose(loci.System(A=single[0], B=single[1], C=single[2], P=single[1], dt=0.1).P[0], single[1])
    with pytest.raises(loci.InputError, match="C: is complex, of a dense system"):
        loci.System(A=-np.eye(2), B=np.ones(2), C=np.array([1j, 1.0]))


def test_continuous_is_what_held_samples_give(random):
    s = loci.System("legt:6,dt=0.25")
    u = random.standard_normal(40)
    t = np.arange(40) * 0.25
    y, _ = s.run(u, discretization="zoh", form="recurrent")
    exact, state = s.continuous(u, t, t + 0.25)
    # at the end of a step the input is still the one that was held
    assert np.allclose(exact, y, atol=1e-9)
    assert state.shape == (1, 6)


def test_dplr_is_its_dense_twin():
    for kind in ("s4-legs:16", "s4-legt:8", "s4-fout:8"):
        s = loci.System(kind)
        dense = s.dense()
        assert dense.structure == "dense" and dense.A.shape == (s.order, s.order)
        assert np.allclose(s.kernel(30, "bilinear"), dense.kernel(30, "bilinear"), atol=1e-9)


def test_same_as_the_program(program, tmp_path):
    """The module has an eigenproblem solver of its own, where the program has LAPACK."""
    for kind in ("s4-legs:32,dt=0.01", "s4-legt:16,dt=0.1", "s4-fout:8,dt=0.1", "legs:8,dt=0.1"):
        text = subprocess.run(
            [program, "kernel", kind, "--length", "50", "--discretization", "bilinear"], check=True, capture_output=True, text=True
        ).stdout
        wanted = np.array([float(line.split(",")[1]) for line in text.splitlines()[1:]])
        assert np.allclose(loci.System(kind).kernel(50, "bilinear"), wanted, atol=1e-9 * max(1, np.abs(wanted).max())), kind


@pytest.mark.parametrize("kind", KINDS)
def test_files_and_pickles(kind, tmp_path, program):
    s = loci.System(kind)
    s.save(tmp_path / "s.npz")
    back, other = loci.System.load(tmp_path / "s.npz"), pickle.loads(pickle.dumps(s))
    for name in ("A", "B", "C", "D", "dt", "P"):
        a, b, c = (getattr(m, name) for m in (s, back, other))
        assert a is b is c is None or (np.array_equal(a, b) and np.array_equal(a, c))
    subprocess.run(
        [program, "kernel", tmp_path / "s.npz", "--length", "5", "--discretization", "bilinear"], check=True, capture_output=True
    )


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: loci.System("lego:8"), loci.InputError, "lego"),
        (lambda: loci.System("file.npz"), loci.UnsupportedError, "loci.System.load"),
        (lambda: loci.System(), loci.InputError, "missing"),
        (lambda: loci.System(A=np.eye(3), B=[1, 2], C=[1, 2, 3]), loci.InputError, "B has 2"),
        (lambda: loci.System(A=np.eye(2) * np.nan, B=[1, 2], C=[1, 2]), loci.InputError, ""),
        (lambda: loci.System("legs:8").run(np.ones((2, 3, 4))), loci.InputError, "shape"),
        (lambda: loci.System("legs:8").run(np.ones(5), state=np.ones(3)), loci.InputError, "8 were expected"),
        (lambda: loci.System("legs:8").run(np.ones(5), form="dance"), loci.InputError, "dance"),
        (lambda: loci.System("s4-legs:8").kernel(5, "zoh"), loci.UnsupportedError, "bilinear"),
        (lambda: loci.System("legs:8").run(np.ones(5), dtype=np.int32), loci.InputError, "float32"),
        (lambda: loci.System("legs:8").run(["a"]), loci.InputError, ""),
        (lambda: loci.System.load("/nowhere.npz"), FileNotFoundError, ""),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as fault:
        call()
    assert text in str(fault.value)
