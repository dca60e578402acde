"""Building blocks of the methods: images and codes in, images and codes out."""
