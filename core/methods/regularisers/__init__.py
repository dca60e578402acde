"""What a method adds to its loss so that codes are independent of each other, or distinct."""
