"""PyTorch as a peer of Mimesh, driven over stdin and stdout by `benchmarks peers`: a line of JSON asks, a line of JSON answers.

    {"do": "open", "work": ..., "spec": ..., "inputs": FILE, "answer": FILE}   computes once; answers {"variant": ...}
    {"do": "measure", "times": N}                                              answers {"ms": ...} of one run

The first answer, unasked, is {"version": ...}. Files are safetensors of float32. What goes wrong is answered as {"error": ...}.
"""

import argparse
import json
import struct
import sys
import time
import warnings

import numpy
import torch

import kernels


def read(path):
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            begin, end = about["data_offsets"]
            values = numpy.frombuffer(data, numpy.float32, (end - begin) // 4, begin)
            tensors[name] = torch.from_numpy(values.reshape(about["shape"]).copy())
    return tensors


def write(path, tensor):
    values = numpy.ascontiguousarray(tensor.detach().numpy(), numpy.float32)
    header = json.dumps({"y": {"dtype": "F32", "shape": list(values.shape), "data_offsets": [0, values.nbytes]}}).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + values.tobytes())


def variants(work, spec, inputs):
    if work in ("generator", "training"):
        import networks
        return getattr(networks, work)(spec, inputs)
    inputs = [inputs[f"x{i}"] for i in range(len(inputs))]
    return {name: (f, lambda f=f: kernels.mimesh(f())) for name, f in kernels.variants(work, spec, inputs).items()}


def measure(run, times):
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) * 1000 / times


def opened(request):
    """The fastest variant that the work has, computed once; each answers the same."""
    with grad_mode(request["work"]):
        best = None
        for name, (run, answer) in variants(request["work"], request["spec"], read(request["inputs"])).items():
            y = answer()
            ms = measure(run, 1)
            if ms < 100:  # a first run can be slow by accident; a long one hardly
                ms = min(measure(run, 1) for _ in range(3))
            if best is None or ms < best[0]:
                best = ms, name, run, y
        write(request["answer"], best[3])
        return best[1], best[2]


def grad_mode(work):
    return torch.enable_grad() if work == "training" else torch.inference_mode()


def settle():
    """Waits until no worker of the last run spins any more; what a thread has used is counted in ticks of up to 10 ms."""
    for _ in range(50):
        busy = time.process_time()
        time.sleep(0.02)
        if time.process_time() - busy < 0.002:
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, required=True)
    torch.set_num_threads(parser.parse_args().threads)
    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever prints must not answer
    print(json.dumps({"version": torch.__version__}), file=answers, flush=True)
    work = run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                run, work = None, request["work"]
                variant, run = opened(request)
                answer = {"variant": variant}
            else:
                with grad_mode(work):
                    answer = {"ms": measure(run, request["times"])}
        except Exception as e:  # the asker decides what to make of it
            answer = {"error": f"{type(e).__name__}: {e}"}
        settle()
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
