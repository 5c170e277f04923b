"""Pictures from words: a composer that arranges and relights openly licensed drawings.

Pure NumPy and Pillow, no network, no model weights. `order` is the way in.
"""
