"""BiCodec: semantic and global tokens to sound, and back. Knows nothing of requests or windows."""
