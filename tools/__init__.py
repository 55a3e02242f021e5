"""Tools outside the service: golden vectors, the checkpoint builder, capacity and memory estimates, the roofline."""
