"""Times tile policies on the GPU at hand, within a time budget.

    python sweep.py --problems sweep.jsonl --out timed.jsonl --seconds 1200

Reads one JSON object a line, as `bin/tune-kernel --emit-sweep` writes it, and writes the same objects with `micros` (median)
added, which `bin/tune-kernel --measured` and `bin/calibrate-kernels --sweep` read. Lines are timed in the order given and
appended as they are done, so a sweep that is cut off keeps what it has; lines that `--out` already holds are skipped.

Dense problems run the Triton kernel below (bf16 only); MoE problems run vLLM's fused experts with the policy forced, where
vLLM is installed. What cannot run (a compile error, too much shared memory, a missing package) is reported and left out.
Needs torch and triton.
"""

import argparse
import json
import os
import sys
import time

import torch
import triton
import triton.language as tl

WARM_UP_RUNS = 3
TIMED_RUNS = 20


@triton.jit
def matmul_kernel(
    a_ptr, b_ptr, c_ptr, m, n, k, stride_am, stride_bn, stride_cm,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
    GROUP_M: tl.constexpr, SPLIT_K: tl.constexpr,
):
    """C = A Bᵀ; rows of A and of B are contiguous along K. With SPLIT_K > 1, C is fp32 and starts at zero."""
    tile = tl.program_id(0)
    part = tl.program_id(1)
    rows = tl.cdiv(m, BLOCK_M)
    columns = tl.cdiv(n, BLOCK_N)
    sweep = GROUP_M * columns
    first = tile // sweep * GROUP_M
    height = min(rows - first, GROUP_M)
    row = first + tile % sweep % height
    column = tile % sweep // height
    offs_m = row * BLOCK_M + tl.arange(0, BLOCK_M)
    offs_n = column * BLOCK_N + tl.arange(0, BLOCK_N)
    offs_k = part * BLOCK_K + tl.arange(0, BLOCK_K)
    a = a_ptr + (offs_m % m)[:, None] * stride_am + offs_k[None, :]
    b = b_ptr + (offs_n % n)[None, :] * stride_bn + offs_k[:, None]
    total = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.float32)
    for step in range(0, tl.cdiv(k, BLOCK_K * SPLIT_K)):
        left = k - step * BLOCK_K * SPLIT_K
        a_tile = tl.load(a, mask=offs_k[None, :] < left, other=0.0)
        b_tile = tl.load(b, mask=offs_k[:, None] < left, other=0.0)
        total = tl.dot(a_tile, b_tile, total)
        a += BLOCK_K * SPLIT_K
        b += BLOCK_K * SPLIT_K
    c = c_ptr + offs_m[:, None] * stride_cm + offs_n[None, :]
    inside = (offs_m[:, None] < m) & (offs_n[None, :] < n)
    if SPLIT_K == 1:
        tl.store(c, total.to(c_ptr.dtype.element_ty), mask=inside)
    else:
        tl.atomic_add(c, total, mask=inside)


def dense_run(problem):
    """A call that runs the problem once."""
    if problem["dtype"] != "bf16":
        raise NotImplementedError(f"dense {problem['dtype']}")
    m, n, k, policy = problem["m"], problem["n"], problem["k"], problem["policy"]
    split = policy["split_k"]
    a = torch.randn((m, k), device="cuda", dtype=torch.bfloat16)
    b = torch.randn((n, k), device="cuda", dtype=torch.bfloat16)
    c = torch.zeros((m, n), device="cuda", dtype=torch.bfloat16 if split == 1 else torch.float32)
    grid = (triton.cdiv(m, policy["BM"]) * triton.cdiv(n, policy["BN"]), split)

    def run():
        if split > 1:
            c.zero_()
        matmul_kernel[grid](
            a, b, c, m, n, k, a.stride(0), b.stride(0), c.stride(0),
            BLOCK_M=policy["BM"], BLOCK_N=policy["BN"], BLOCK_K=policy["BK"],
            GROUP_M=policy["swizzle_size"], SPLIT_K=split,
            num_stages=policy["stage_depth"], num_warps=policy["num_warps"],
        )

    run()
    expected = (a.float() @ b.float().T)
    error = (c.float() - expected).abs().max() / expected.abs().max()
    if error > 0.02:
        raise ArithmeticError(f"result is off by {error:.3f}")
    return run


def moe_run(problem):
    """A call that runs vLLM's fused experts once, bf16, tokens spread evenly."""
    from vllm.model_executor.layers.fused_moe import fused_experts, override_config

    if problem["dtype"] != "bf16":
        raise NotImplementedError(f"moe {problem['dtype']}")
    if problem.get("routing", "balanced") != "balanced":
        raise NotImplementedError("routing other than balanced")
    m, n, k = problem["m"], problem["n"], problem["k"]
    experts, top_k, policy = problem["experts"], problem["top_k"], problem["policy"]
    x = torch.randn((m, k), device="cuda", dtype=torch.bfloat16) / 10
    w1 = torch.randn((experts, 2 * n, k), device="cuda", dtype=torch.bfloat16) / 10
    w2 = torch.randn((experts, k, n), device="cuda", dtype=torch.bfloat16) / 10
    ids = (torch.arange(m * top_k, device="cuda") % experts).reshape(m, top_k).to(torch.int32)
    weights = torch.full((m, top_k), 1.0 / top_k, device="cuda", dtype=torch.float32)
    config = {
        "BLOCK_SIZE_M": policy["BM"], "BLOCK_SIZE_N": policy["BN"], "BLOCK_SIZE_K": policy["BK"],
        "GROUP_SIZE_M": policy["swizzle_size"], "num_warps": policy["num_warps"],
        "num_stages": policy["stage_depth"],
    }

    def run():
        with override_config(config):
            fused_experts(x, w1, w2, weights, ids)

    return run


def median_micros(run):
    """Median of single runs between two events, after warm-up."""
    for _ in range(WARM_UP_RUNS):
        run()
    times = []
    for _ in range(TIMED_RUNS):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        run()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e3)
    return sorted(times)[len(times) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    with open(options.problems) as file:
        problems = [json.loads(line) for line in file if line.strip()]
    done = set()
    if os.path.exists(options.out):
        with open(options.out) as file:
            for line in filter(str.strip, file):
                timed = json.loads(line)
                timed.pop("micros")
                done.add(json.dumps(timed, sort_keys=True))
    deadline = time.monotonic() + options.seconds
    counts = {"timed": 0, "skipped": 0, "failed": 0, "left": 0}
    with open(options.out, "a") as out:
        for problem in problems:
            if json.dumps(problem, sort_keys=True) in done:
                counts["skipped"] += 1
            elif time.monotonic() > deadline:
                counts["left"] += 1
            else:
                try:
                    run = dense_run(problem) if problem["kind"] == "dense" else moe_run(problem)
                    out.write(json.dumps({**problem, "micros": median_micros(run)}) + "\n")
                    out.flush()
                    counts["timed"] += 1
                except Exception as error:  # a policy that cannot run is an answer too
                    print(f"failed: {json.dumps(problem)}: {error}", file=sys.stderr)
                    counts["failed"] += 1
    print(", ".join(f"{count} {what}" for what, count in counts.items()), torch.cuda.get_device_name())


if __name__ == "__main__":
    main()
