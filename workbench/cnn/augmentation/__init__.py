"""Changes that training images may undergo, labels and boxes with them."""
