"""Packet captures: containers, link layers and tunnels, flows, and the names that flows carry."""
