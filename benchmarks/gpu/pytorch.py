"""Times PyTorch at the kernels that Mimesh has just timed, and writes one markdown table of both; see run.sh.

PyTorch gets its best: channels-last memory, cuDNN's search for the fastest algorithm, with and without TF32. Launches are queued
in batches, as Mimesh's are; medians.
"""

import argparse
import json
import re
import statistics
import time

import torch

import kernels

BATCHES, BATCH_SECONDS = 15, 0.02


def work(c, device):
    """What computes the same as a kernel of Mimesh."""
    inputs = [torch.rand(shape, device=device) for shape in c["inputs"]]
    return next(iter(kernels.variants(c["kernel"], c["spec"], inputs).values()))


def seconds(launch, device):
    def run(times):
        start = time.perf_counter()
        for _ in range(times):
            launch()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return time.perf_counter() - start

    run(3)
    count = int(min(max(BATCH_SECONDS / run(1), 1), 1000))
    run(count)
    return statistics.median(run(count) / count for _ in range(BATCHES))


def set_tf32(on):
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


def micro(t):
    return "–" if t is None else f"{t * 1e6:,.1f} µs"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("device", "rows", "kernels", "training", "what", "output"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    device = torch.device(args.device)
    cuda = device.type == "cuda"
    torch.backends.cudnn.benchmark = True
    with open(args.kernels, encoding="utf-8") as file:
        measured = json.load(file)
    with open(args.rows, encoding="utf-8") as file:
        rows = json.load(file)
    with open(args.training, encoding="utf-8") as file:
        rates = [float(rate) for rate in re.findall(r"([\d.]+) samples/s", file.read())]

    about = f"PyTorch {torch.__version__}"
    if cuda:
        about += f", CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name(device)}"
    else:
        about += f", {torch.get_num_threads()} threads"
    lines = [
        f"{measured['device']}; {about}. Mimesh computes in float32. Medians of one run.",
        "",
        "| work | Mimesh | Mimesh's rate | PyTorch float32 | PyTorch TF32 | Mimesh's time ÷ PyTorch float32's |",
        "|---|---|---|---|---|---|",
    ]
    for c in measured["kernels"]:
        ours, times = c["seconds"], []
        for tf32 in (False, True) if cuda else (False,):
            set_tf32(tf32)
            try:
                times.append(seconds(work(c, device), device))
            except RuntimeError as e:  # a kernel that this PyTorch does not have on this device
                print(f"{c['name']}: PyTorch: {e}")
                times.append(None)
        peer, peer32 = times[0], times[1] if len(times) > 1 else None
        rate = f"{c['flops'] / ours / 1e9:,.0f} GFLOP/s" if c["flops"] else f"{c['bytes'] / ours / 1e9:,.0f} GB/s"
        ratio = f"{ours / peer:.2f}" if peer else "–"
        lines.append(f"| {c['name']} | {micro(ours)} | {rate} | {micro(peer)} | {micro(peer32)} | {ratio} |")

    if rates:
        lines.append(f"| {args.what} | {statistics.median(rates):.1f} samples/s | – | – | – | – |")
    failed = sum(not row["pass"] for row in rows)
    cases = len({row["case"] for row in rows})
    verdict = f"{failed} of {len(rows)} checks failed" if failed else f"all {len(rows)} checks pass"
    lines.append(f"| verification of {cases} cases | {verdict} | – | – | – | – |")
    with open(args.output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
