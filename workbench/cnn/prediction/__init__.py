"""What a trained network says, of images and tiles, and how sure it is."""
