"""Times of words and completeness, as operators see them: metrics, and the reasons why they do not work as expected."""

from core.completeness import UNJUDGED
from core.pipeline import Pipeline
from shared.completeness_settings import CompletenessMode
from shared.config import Settings
from shared.metrics import Metrics


def watch_alignment(pipeline: Pipeline, metrics: Metrics) -> None:
    """Report the aligner of a pipeline in the metrics, with the failures of its warm-up."""
    failures = pipeline.alignment_failures
    metrics.aligner_loaded.set(pipeline.aligner is not None)
    metrics.alignment_failures.inc(failures.count)
    failures.on_failure = metrics.alignment_failures.inc


def completeness_mode(pipeline: Pipeline) -> CompletenessMode:
    """Return the mode that is in effect: `off` without an aligner."""
    return (pipeline.completeness if pipeline.aligner else UNJUDGED).mode


def alignment_problems(pipeline: Pipeline, settings: Settings) -> list[str]:
    """Return why an aligner does not work, or is missing although the settings ask for what it does; one line each."""
    if pipeline.aligner is None:
        missing = f"COMPLETENESS={settings.completeness} has no effect: this checkpoint has no aligner"
        return [missing] if settings.completeness_asked else []
    problem = pipeline.alignment_failures.problem
    return [problem] if problem else []
