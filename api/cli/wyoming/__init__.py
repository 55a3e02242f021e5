"""`veena3 wyoming`: a running server for Home Assistant, which speaks the Wyoming protocol. The package `wyoming` has
its events and a server; what reads the protocol stays in this package."""
