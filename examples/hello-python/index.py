import platform


def handler(event, context):
    print("greeting", event["name"])
    return {"message": f"Hello {event['name']} from Python {platform.python_version()}"}
