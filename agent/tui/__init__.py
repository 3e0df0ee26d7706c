"""The terminal user interface of the conversation. Widgets and keys only; what they show is made elsewhere."""
