"""`icdrl benchmark`: how fast this machine trains and scores, against what it should do."""

from dataclasses import asdict
from typing import Annotated

import typer

from core.cli.options import SettingsOption, edited
from core.cli.terminal import DeviceOption, JsonOption, console, print_json, progress_bar
from core.config import METHOD_CONFIGS, RunConfig, changed
from core.counts import counted
from core.preferences import load_preferences
from core.presets import load_preset


def benchmark(
    preset: Annotated[
        str, typer.Option(metavar="NAME", help="The shipped config to measure.")
    ] = "dsprites-small-tcgan",
    settings: SettingsOption = None,
    methods: Annotated[
        bool, typer.Option("--methods", help="Time a step of each method too.")
    ] = False,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Time training steps, against matrix products, and scores."""
    config = edited(load_preset(preset).config, settings)
    preferences = load_preferences()
    preferences.require_cores()

    from core.benchmark import measure, step_times
    from core.data.catalogue import load_dataset
    from core.devices import choose_device, prepare_arithmetic

    chosen = choose_device(device or preferences.device)
    prepare_arithmetic(preferences.threads)
    with progress_bar(f"Preparing {config.data.source}") as progress:
        dataset = load_dataset(config.data, progress)
    result = measure(config, dataset, chosen)
    steps = step_times(_every_method(config), dataset, chosen) if methods else {}
    if as_json:
        print_json(asdict(result) | ({"step_ms_of": steps} if steps else {}))
        return
    machine = result.arithmetic
    threads = counted(int(machine["threads"]), "CPU thread")
    out = console()
    out.print(f"{machine['dtype']} on {machine['device']}, {threads}")
    out.print(
        f"step         {result.step_ms:8.1f} ms median, {result.step_ms_p10:.1f} ms p10, "
        f"{result.images_per_s:,.0f} images/s"
    )
    out.print(f"work         {result.gflop_per_step:8.2f} GFLOP a step")
    out.print(
        f"GEMM peak    {result.gemm_gflops:8.0f} GFLOP/s: ideal step T = {result.ideal_ms:.1f} ms, "
        f"step = {result.ratio:.2f} T"
    )
    out.print(f"draw a batch {result.draw_ms:8.2f} ms")
    out.print(
        f"scores       {result.six_s:8.2f} s for six (limit 1.0), {result.eight_s:.2f} s for eight "
        "(limit 2.5), of 20,000 images, 5 codes, 5 factors"
    )
    out.print(
        f"evaluation   {result.live_s:8.2f} s while training, {result.live_share:.1%} of its time "
        "(limit 5%)"
    )
    out.print(f"peak memory  {result.peak_memory / 2**20:8.0f} MiB")
    if steps:
        out.print(f"a step of each method, batch {config.batch_size}, ms (median, taking turns):")
    for name, milliseconds in steps.items():
        out.print(f"  {name:28}{milliseconds:8.1f}")


def _every_method(config: RunConfig) -> dict[str, RunConfig]:
    """All methods on the data of `config`; what one begins later begins at once."""
    return {
        method.title: changed(config, {"method.kind": kind} | dict(method.begun))
        for kind, method in METHOD_CONFIGS.items()
    }
