"""Starts the Python runtime client."""

if __name__ == "__main__":
    from mayfly_lambda import loop

    loop.run()
