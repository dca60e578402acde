"""The complex level: concepts are learned from labels, composed, and checked on images."""
