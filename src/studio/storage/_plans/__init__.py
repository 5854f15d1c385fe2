"""What the store does, as plans that either driver carries out. One module per concern, its statements on top."""
