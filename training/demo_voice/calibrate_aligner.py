"""Calibration of the demo voice's aligner on fresh sentences as the voice speaks them.

Run as `python -m training.demo_voice.calibrate_aligner --fresh 13` after `veena3 train-aligner`, which sets the
standard of the verdict by the pairs that it trains on. The command writes the standard into the aligner's
`config.json`. Sentences in which the voice misread a word are left out. Needs flite and espeak-ng, and the Debian
packages that `texts` names.
"""

import argparse
from dataclasses import asdict

from core.alignment import load_aligner
from core.alignment.files import FOLDER, read_aligner_config, write_aligner_config
from shared.process import prepare_process
from tools.aligner.calibration import calibrate
from training.demo_voice.evaluate_aligner import add_options, rows_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    options = parser.parse_args()
    if options.fresh is None:
        parser.error("--fresh is missing: the unseen sentences are for measuring")
    prepare_process()
    aligner = load_aligner(options.checkpoint)
    assert aligner is not None, "the checkpoint has no aligner"
    standard = calibrate(aligner, [row.pair for row in rows_of(options) if row.faultless])
    rounded = {name: round(value, 3) for name, value in asdict(standard).items()}
    folder = options.checkpoint / FOLDER
    write_aligner_config(folder, read_aligner_config(folder).model_copy(update=rounded))
    print(rounded)


if __name__ == "__main__":
    main()
