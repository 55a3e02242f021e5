"""Training of a checkpoint's aligner from pairs of texts and tokens that its own language model generates."""
