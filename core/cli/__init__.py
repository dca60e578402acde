"""`icdrl`: the app's twin without a screen."""
