"""The names that a person gave the codes of a run."""

from core.runs.folder import RunFolder


def code_labels(run: RunFolder) -> dict[str, str]:
    """Code -> name, as kept in the run's folder; none where that is damaged."""
    codes = run.labels().get("codes", {})
    return {str(k): str(v) for k, v in codes.items()} if isinstance(codes, dict) else {}
