"""How steps and numbers of things are written: in the command line, in the app, in exports."""


def counted(count: int, thing: str) -> str:
    """`1 image`, `10,000 images`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def named_step(step: int) -> str:
    """`step 10,000`."""
    return f"step {step:,}"
