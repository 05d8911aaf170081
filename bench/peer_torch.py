# SPDX-License-Identifier: MIT
# peer_torch.py - the same work as bench_train, bench_stream and bench_layer, in PyTorch, for `make bench` to set beside
# ours: the S4 repository's example (4 S4D layers of width 128 and order 64 on sequences of 1024 pixels) and an LSTM layer.
#
#     peer_torch.py NAME [ROUNDS]     NAME: step, eval, stream, lstm, attention; prints the median seconds of ROUNDS (5) after one
#     peer_torch.py memory            prints by how many megabytes a training step raises the most that was resident
#
# Seconds are those of the clock on the wall, but for stream, one thread, those of the processor, as ours are.
# Written from the formulas of Gu et al. 2022 as their example does it: FFT convolution with kernels by a Vandermonde
# product, in float, on all cores that PyTorch takes.
import math
import resource
import statistics
import sys
import time

import torch
from torch import nn

BATCH, LENGTH, WIDTH, ORDER, LAYERS = 64, 1024, 128, 64, 4


class Tied(nn.Module):
    """Dropout with one mask for all samples; x [batch, channels, length]."""

    def forward(self, x):
        if not self.training:
            return x
        keep = 0.9
        return x * (torch.rand(x.shape[0], x.shape[1], 1) < keep) / keep


class S4D(nn.Module):
    def __init__(self):
        super().__init__()
        half = ORDER // 2
        self.log_dt = nn.Parameter(torch.rand(WIDTH) * math.log(100) + math.log(0.001))
        self.C = nn.Parameter(torch.view_as_real(torch.randn(WIDTH, half, dtype=torch.cfloat)))
        self.log_A_real = nn.Parameter(torch.full((WIDTH, half), math.log(0.5)))
        self.A_imag = nn.Parameter(math.pi * torch.arange(half).repeat(WIDTH, 1))
        self.D = nn.Parameter(torch.randn(WIDTH))
        self.mix = nn.Conv1d(WIDTH, 2 * WIDTH, 1)
        self.drop = Tied()

    def discrete(self):
        A = torch.complex(-self.log_A_real.exp(), self.A_imag)
        z = A * self.log_dt.exp()[:, None]
        return z, torch.view_as_complex(self.C) * (z.exp() - 1) / A

    def gate(self, y):
        return nn.functional.glu(self.mix(self.drop(nn.functional.gelu(y))), dim=1)

    def forward(self, u):
        L = u.shape[-1]
        z, C = self.discrete()
        kernel = 2 * torch.einsum("hn,hnl->hl", C, (z[..., None] * torch.arange(L)).exp()).real
        y = torch.fft.irfft(torch.fft.rfft(u, 2 * L) * torch.fft.rfft(kernel, 2 * L), 2 * L)[..., :L]
        return self.gate(y + u * self.D[:, None])

    def step(self, u, x, z, C):  # u [batch, channels], x [batch, channels, half]
        x = z * x + u[..., None]
        y = 2 * (C * x).sum(-1).real
        return self.gate((y + u * self.D)[..., None])[..., 0], x


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(3, WIDTH), nn.Linear(WIDTH, 10)
        self.layers = nn.ModuleList([S4D() for _ in range(LAYERS)])
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH) for _ in range(LAYERS)])
        self.drop = Tied()

    def forward(self, x):
        x = self.encoder(x).transpose(1, 2)
        for layer, norm in zip(self.layers, self.norms):
            x = norm((x + self.drop(layer(x))).transpose(1, 2)).transpose(1, 2)
        return self.decoder(x.mean(-1))

    def step(self, x, states, tables, total, n):
        x = self.encoder(x)
        for i, (layer, norm) in enumerate(zip(self.layers, self.norms)):
            y, states[i] = layer.step(x, states[i], *tables[i])
            x = norm(x + y)
        total = x if total is None else total + x
        return self.decoder(total / n), total


def step_work():
    model = Model().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    u, labels = torch.randn(BATCH, LENGTH, 3), torch.randint(10, (BATCH,))

    def run():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(u), labels).backward()
        optimizer.step()

    return run, 1


def eval_work():
    model, u = Model().eval(), torch.randn(BATCH, LENGTH, 3)

    def run():
        with torch.no_grad():
            model(u)

    return run, 1


def stream_work():
    torch.set_num_threads(1)
    model, samples = Model().eval(), 64
    with torch.no_grad():
        tables = [(z.exp(), C) for z, C in (layer.discrete() for layer in model.layers)]
    u = torch.randn(samples, 1, 3)

    def run():
        with torch.no_grad():
            states = [torch.zeros(1, WIDTH, ORDER // 2, dtype=torch.cfloat) for _ in range(LAYERS)]
            total = None
            for n, sample in enumerate(u):
                _, total = model.step(sample, states, tables, total, n + 1)

    return run, samples


def lstm_work():
    layer, u = nn.LSTM(256, 256, batch_first=True), torch.randn(64, 100, 256, requires_grad=True)

    def run():
        layer.zero_grad()
        y, _ = layer(u)
        y.sum().backward()

    return run, 1


def attention_work():
    """Scores and what they weight, forward and backward; the products with weights before and behind, which ours has, are left out."""
    attend = getattr(nn.functional, "scaled_dot_product_attention", None)
    if attend is None:
        print("peer_torch.py: PyTorch " + torch.__version__ + " has no scaled_dot_product_attention", file=sys.stderr)
        sys.exit(0)
    q, k, v = (torch.randn(BATCH, 4, LENGTH, WIDTH // 4, requires_grad=True) for _ in range(3))
    gradient = torch.randn(BATCH, 4, LENGTH, WIDTH // 4)

    def run():
        for x in (q, k, v):
            x.grad = None
        attend(q, k, v, is_causal=True).backward(gradient)

    return run, 1


def main():
    works = {
        "step": step_work,
        "eval": eval_work,
        "stream": stream_work,
        "lstm": lstm_work,
        "attention": attention_work,
        "memory": step_work,
    }
    if len(sys.argv) < 2 or sys.argv[1] not in works:
        sys.exit("peer_torch.py: one of " + ", ".join(works) + " was expected")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run, count = works[sys.argv[1]]()
    run()
    if sys.argv[1] == "memory":
        print("%.1f" % ((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))
        return
    clock, seconds = time.thread_time if sys.argv[1] == "stream" else time.perf_counter, []
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5):
        start = clock()
        run()
        seconds.append((clock() - start) / count)
    print("%.6g" % statistics.median(seconds))


main()
