"""The function that is played while there is none: see rehearsal.py."""


def handler(event, context):
    # An array, so that all is played of what a result goes through.
    return [event]
