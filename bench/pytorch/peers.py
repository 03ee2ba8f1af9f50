#!/usr/bin/env python3
"""The cases of `perturbine bench peers` in PyTorch: matrix product, softmax attention, CSG2A core, forward and backward.

Runs on the CPU or a CUDA device, eager and (with --compile) compiled; float32 products are plain or TF32, as named in
the rows. Outputs are checked against float64 in the same run; a wrong one gets no time. Prints JSON rows that
`perturbine bench peers --merge FILE` adds to its own. PyTorch is no dependency of the project.

    python3 bench/pytorch/peers.py > pytorch.json
    python3 bench/pytorch/peers.py --device cuda --precision fp32,tf32 --compile > pytorch.json
"""
import argparse
import json
import math
import platform
import statistics
import sys
import time

import torch

SIZES = {
    "matmul": {"n": 1024},
    "attention": {"heads": 4, "tokens": 978, "depth": 64},
    "csg2a-core": {"batch": 16, "genes": 978, "width": 64},
}
SMALL = {
    "matmul": {"n": 256},
    "attention": {"heads": 2, "tokens": 256, "depth": 64},
    "csg2a-core": {"batch": 4, "genes": 256, "width": 64},
}
# Largest difference over the largest value; TF32 keeps 10 bits of the mantissa.
TOLERANCE = {"fp32": 2e-5, "tf32": 5e-3}


def uniform(*shape):
    return torch.rand(shape) * 2 - 1


def matmul_case(size):
    n = size["n"]
    return {"a": uniform(n, n), "b": uniform(n, n)}, uniform(n, n), {"": lambda a, b: a @ b}


def attention_case(size):
    shape = (size["heads"], size["tokens"], size["depth"])
    inputs = {name: uniform(*shape) for name in ("q", "k", "v")}

    def composed(q, k, v):
        return torch.softmax(q @ k.transpose(1, 2) / math.sqrt(q.shape[2]), -1) @ v

    forms = {" composed": composed}
    if hasattr(torch.nn.functional, "scaled_dot_product_attention"):
        forms[" sdpa"] = torch.nn.functional.scaled_dot_product_attention
    return inputs, uniform(*shape), forms


def core_case(size):
    batch, genes, width = size["batch"], size["genes"], size["width"]
    ppi = ((torch.rand(genes, genes) < 4 / genes) | torch.eye(genes, dtype=torch.bool)).float()
    inputs = {
        "profile": uniform(batch, genes),
        "condition": uniform(batch, genes),
        "wGex": uniform(genes, width),
        "wComp": uniform(genes, width),
    }

    def materialised(profile, condition, w_gex, w_comp):
        queries = profile[..., None] * w_gex + condition[..., None] * w_comp
        scores = queries @ queries.transpose(1, 2) / math.sqrt(width) + ppi.to(queries)
        return (scores @ profile[..., None])[..., 0]

    def closed(profile, condition, w_gex, w_comp):
        z = (profile * profile) @ w_gex + (profile * condition) @ w_comp
        scores = profile * (z @ w_gex.T) + condition * (z @ w_comp.T)
        return scores / math.sqrt(width) + profile @ ppi.to(profile).T

    return inputs, uniform(batch, genes), {" materialised": materialised, " closed": closed}


CASES = {"matmul": matmul_case, "attention": attention_case, "csg2a-core": core_case}


def settle(device):
    if device == "cuda":
        torch.cuda.synchronize()


def once(function, inputs, upstream, backward):
    y = function(*inputs)
    return [y] if not backward else list(torch.autograd.grad(y, inputs, upstream))


def measure(function, inputs, upstream, backward, device, repeats, budget):
    """Milliseconds a run: `repeats` series, each long enough that the clock does not matter."""
    settle(device)
    started = time.perf_counter()
    once(function, inputs, upstream, backward)
    settle(device)
    single = max(time.perf_counter() - started, 1e-6)
    iterations = min(200, max(1, round(budget / 1000 / single)))
    times = []
    for _ in range(repeats):
        settle(device)
        started = time.perf_counter()
        for _ in range(iterations):
            once(function, inputs, upstream, backward)
        settle(device)
        times.append(1000 * (time.perf_counter() - started) / iterations)
    return times, iterations


def rows_of(name, size, options):
    torch.manual_seed(options.seed)
    inputs, upstream, forms = CASES[name](size)
    device = options.device
    processor = platform.processor() or platform.machine()
    adapter = torch.cuda.get_device_name(0) if device == "cuda" else f"{processor} CPU, {options.threads} threads"
    rows, refused = [], []
    for form, function in forms.items():
        exact = [tensor.double().requires_grad_() for tensor in inputs.values()]
        for precision in options.precision.split(","):
            torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
            modes = {"eager": function}
            if options.compile and hasattr(torch, "compile"):
                modes["compiled"] = torch.compile(function)
            for mode, run in modes.items():
                for backward in (False, True):
                    given = [tensor.to(device).requires_grad_(backward) for tensor in inputs.values()]
                    above = upstream.to(device)
                    got = once(run, given, above, backward)
                    want = once(function, exact, upstream.double(), backward)
                    error = max(
                        float((g.detach().cpu().double() - w.detach()).abs().max() / w.detach().abs().max())
                        for g, w in zip(got, want)
                    )
                    row = {
                        "kernel": name,
                        "variant": f"pytorch-{mode} {precision}{form}",
                        "pass": "both" if backward else "forward",
                        "sizes": size,
                        "adapter": adapter,
                        "max_rel_error": error,
                    }
                    if not error <= TOLERANCE[precision]:
                        refused.append({**row, "reason": f"wrong result: off by {error:.1e} of the largest value"})
                        continue
                    times, iterations = measure(run, given, above, backward, device, options.repeats, options.budget)
                    quarters = statistics.quantiles(times, n=4) if len(times) > 1 else [times[0]] * 3
                    rows.append(
                        {
                            **row,
                            "timer": "wall clock",
                            "repeats": len(times),
                            "iterations": iterations,
                            "ms_median": statistics.median(times),
                            "ms_min": min(times),
                            "ms_spread": quarters[2] - quarters[0],
                            "samples_ms": times,
                            "versions": {"PyTorch": torch.__version__, "Python": platform.python_version()},
                        }
                    )
    return rows, refused


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", default=",".join(CASES), help="cases, separated by commas")
    parser.add_argument("--small", action="store_true", help="the sizes that bench peers uses on a software driver")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", choices=["cpu", "cuda"])
    parser.add_argument("--precision", default="fp32", help="fp32, tf32 or both, separated by a comma")
    parser.add_argument("--compile", action="store_true", help="torch.compile too, where it exists")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--budget", type=float, default=150, help="milliseconds a timed series")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows, refused = [], []
    for name in options.case.split(","):
        if name not in CASES:
            raise SystemExit(f'there is no case called "{name}", only {", ".join(CASES)}.')
        more, wrong = rows_of(name, (SMALL if options.small else SIZES)[name], options)
        rows += more
        refused += wrong
    command = " ".join(["python3", *sys.argv])
    print(json.dumps({"command": command, "seed": options.seed, "rows": rows, "refused": refused}, indent=1))


if __name__ == "__main__":
    main()
