"""What runs the shop: its processes, stores and network, started and stopped as one."""
