#!/usr/bin/env python3
"""Times the CSG2A block in PyTorch on the CPU, forward and backward: materialised as in the paper, and in closed form.

Prints JSON rows with the names of `perturbine bench kernels --kernel csg2a-block --json`. PyTorch (Debian: python3-torch) is
no dependency of the project; this file is for comparing on the same machine.

    /usr/bin/python3 bench/pytorch/csg2a_block.py --genes 978 --batch 16 --width 64 --threads 2
"""
import argparse
import json
import math
import statistics
import time

import torch


def materialised(profile, condition, w_gex, w_comp, ppi):
    queries = profile[..., None] * w_gex + condition[..., None] * w_comp
    scores = queries @ queries.transpose(1, 2) / math.sqrt(w_gex.shape[1]) + ppi
    return (scores @ profile[..., None])[..., 0]


def closed(profile, condition, w_gex, w_comp, ppi):
    z = (profile * profile) @ w_gex + (profile * condition) @ w_comp
    scores = profile * (z @ w_gex.T) + condition * (z @ w_comp.T)
    return scores / math.sqrt(w_gex.shape[1]) + profile @ ppi.T


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--genes", type=int, default=978)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--degree", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    genes, batch, width = options.genes, options.batch, options.width
    ppi = ((torch.rand(genes, genes) < options.degree / genes) | torch.eye(genes, dtype=torch.bool)).float()
    tensors = [torch.rand(shape) * 2 - 1 for shape in [(batch, genes), (batch, genes), (genes, width), (genes, width)]]
    upstream = torch.rand(batch, genes) * 2 - 1

    def run(function, dtype):
        inputs = [tensor.to(dtype).requires_grad_() for tensor in tensors]
        started = time.perf_counter()
        y = function(*inputs, ppi.to(dtype))
        middle = time.perf_counter()
        gradients = torch.autograd.grad(y, inputs, upstream.to(dtype))
        return [y.detach(), *gradients], middle - started, time.perf_counter() - middle

    expected, _, _ = run(closed, torch.float64)
    variants = {"pytorch-materialised": materialised, "pytorch-closed": closed}
    times = {name: {"forward": [], "backward": [], "both": []} for name in variants}
    errors = {}
    for repeat in range(options.repeats + 1):
        for name, function in variants.items():
            results, forward, backward = run(function, torch.float32)
            if repeat == 0:  # warm-up, and the check
                errors[name] = max(
                    float((got.double() - want).abs().max() / want.abs().max()) for got, want in zip(results, expected)
                )
                continue
            for key, seconds in (("forward", forward), ("backward", backward), ("both", forward + backward)):
                times[name][key].append(1000 * seconds)
    rows = []
    for name in variants:
        if not errors[name] < 2e-5:
            raise SystemExit(f"{name} is off by {errors[name]} of the largest value; no times are given.")
        rows += [
            {
                "kernel": "csg2a-block",
                "variant": name,
                "pass": key,
                "sizes": {"genes": genes, "batch": batch, "width": width, "degree": options.degree},
                "adapter": f"PyTorch {torch.__version__}, CPU, float32, {options.threads} threads",
                "timer": "wall clock",
                "repeats": options.repeats,
                "ms_median": statistics.median(values),
                "ms_min": min(values),
                "max_rel_error": errors[name],
            }
            for key, values in times[name].items()
        ]
    print(json.dumps({"rows": rows}, indent=2))


if __name__ == "__main__":
    main()
