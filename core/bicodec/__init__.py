"""BiCodec: decode semantic and global tokens to sound, and encode sound to tokens. Knows nothing of requests."""
