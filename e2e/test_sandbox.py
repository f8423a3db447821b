"""What a function can and cannot reach, seen from inside one."""

import socket
import subprocess
import threading

import pytest

from mayfly import eventually

CONNECT = """
import socket
def handler(event, context):
    try:
        with socket.create_connection((event["host"], event["port"]), timeout=3) as link:
            return link.recv(100).decode()
    except OSError as error:
        return type(error).__name__
"""


@pytest.fixture
def host_listener():
    """A server on the host's loopback that must never be reached."""
    reached = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            reached.append(True)
            link.sendall(b"reached the host")
            link.close()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1], reached
    listener.close()


def test_the_host_s_loopback_is_out_of_reach(function, host_listener):
    port, reached = host_listener
    deployed = function(CONNECT, Timeout=10)
    for host in ["127.0.0.1", *own_addresses()]:
        assert deployed.invoke({"host": host, "port": port}).value != "reached the host"
    assert reached == []


def test_metadata_addresses_are_out_of_reach(function):
    deployed = function(CONNECT, Timeout=10)
    answer = deployed.invoke({"host": "169.254.169.254", "port": 80}).value
    assert answer.endswith("Error") or answer == "timeout"


def test_a_function_calls_lambda_and_logs_through_its_endpoint(function):
    callee = function()
    caller = function(
        "import boto3, json, os\n"
        "def handler(event, context):\n"
        "    answer = boto3.client('lambda').invoke(FunctionName=event, Payload=b'\"inner\"')\n"
        "    boto3.client('logs').put_log_events(\n"
        "        logGroupName=os.environ['AWS_LAMBDA_LOG_GROUP_NAME'],\n"
        "        logStreamName=os.environ['AWS_LAMBDA_LOG_STREAM_NAME'],\n"
        "        logEvents=[{'timestamp': int(__import__('time').time() * 1000), 'message': 'from the SDK'}])\n"
        "    return json.loads(answer['Payload'].read())\n",
        Environment={"Variables": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}},
        Timeout=30,
        MemorySize=512,
    )
    answer = caller.invoke(callee.name)
    assert answer.value == "inner", answer.log


def test_a_function_s_credentials_do_not_administer(function):
    deployed = function(
        "import boto3\n"
        "def handler(event, context):\n"
        "    try:\n"
        "        boto3.client('lambda').delete_function(FunctionName=event)\n"
        "    except Exception as error:\n"
        "        return error.response['Error']['Code']\n",
        Environment={"Variables": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}},
        Timeout=30,
        MemorySize=512,
    )
    assert deployed.invoke(deployed.name).value == "AccessDeniedException"


def test_a_function_s_credentials_do_not_show_the_environments(function):
    deployed = function(
        "import os, urllib.error, urllib.request\n"
        "from botocore.auth import SigV4Auth\n"
        "from botocore.awsrequest import AWSRequest\n"
        "from botocore.session import Session\n"
        "def handler(event, context):\n"
        "    request = AWSRequest('GET', os.environ['AWS_ENDPOINT_URL'] + '/environments')\n"
        "    SigV4Auth(Session().get_credentials(), 'mayfly', 'us-east-1').add_auth(request)\n"
        "    request = request.prepare()\n"
        "    try:\n"
        "        return urllib.request.urlopen(urllib.request.Request(request.url, headers=request.headers)).status\n"
        "    except urllib.error.HTTPError as error:\n"
        "        return [error.code, error.headers['x-amzn-ErrorType']]\n",
        Environment={"Variables": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}},
        Timeout=30,
        MemorySize=512,
    )
    assert deployed.invoke().value == [403, "AccessDeniedException"]


def test_the_user_and_the_file_system_are_aws_s(function):
    deployed = function(
        "import os, pwd\n"
        "def writable(path):\n"
        "    try:\n"
        "        open(path + '/probe', 'w').close()\n"
        "        return True\n"
        "    except OSError:\n"
        "        return False\n"
        "def handler(event, context):\n"
        "    return {'user': pwd.getpwuid(os.getuid()).pw_name, 'uid': os.getuid(), 'gid': os.getgid(),\n"
        "            'cwd': os.getcwd(), 'writable': [p for p in ('/', '/var/task', '/opt', '/etc', '/tmp') if writable(p)],\n"
        "            'host': [name for top in ('/root', '/home', '/boot', '/srv') for _, _, names in os.walk(top)\n"
        "                     for name in names if not name.startswith('libpython')]}\n"
    )
    assert deployed.invoke().value == {
        "user": "sbx_user1051",
        "uid": 993,
        "gid": 990,
        "cwd": "/var/task",
        "writable": ["/tmp"],
        "host": [],
    }


def test_tmp_has_the_size_that_was_asked_for(function):
    deployed = function(
        "import os\ndef handler(event, context):\n    f = os.statvfs('/tmp')\n    return f.f_bavail * f.f_frsize // 2**20\n"
    )
    # What is free; the file system's own needs come on top.
    assert 500 <= deployed.invoke().value <= 530


def test_the_largest_tmp_is_no_memory_of_the_function(function):
    deployed = function(
        "import os\ndef handler(event, context):\n"
        "    with open('/tmp/large', 'wb') as file:\n"
        "        for _ in range(300): file.write(bytes(2**20))\n"
        "    f = os.statvfs('/tmp')\n    return f.f_bavail * f.f_frsize // 2**20\n",
        EphemeralStorage={"Size": 10240},
        MemorySize=128,
        Timeout=60,
    )
    answer = deployed.invoke()
    assert answer.error is None, answer.log
    assert 10240 - 310 <= answer.value <= 10240


def test_deleting_a_function_leaves_no_process(function, lambda_client):
    deployed = function("import subprocess\ndef handler(event, context):\n    subprocess.Popen(['sleep', '12347'])\n")
    deployed.invoke()
    assert running("sleep 12347")
    lambda_client.delete_function(FunctionName=deployed.name)
    assert eventually(lambda: not running("sleep 12347"), within_s=10)


def running(command):
    return subprocess.run(["pgrep", "-f", f"^{command}$"], capture_output=True).returncode == 0


def own_addresses():
    text = subprocess.check_output(["hostname", "-I"], text=True)
    return [address for address in text.split() if ":" not in address]


ACKNOWLEDGED = """
import fcntl, socket, struct, termios, time

def turn(link, peer):
    link.send(b"a")
    began = time.monotonic()
    while struct.unpack("i", fcntl.ioctl(link, termios.TIOCOUTQ, bytes(4)))[0]:
        pass
    taken = time.monotonic() - began
    peer.recv(1)
    peer.send(b"b")
    link.recv(1)
    return taken

def handler(event, context):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = socket.create_connection(listener.getsockname())
        peer, _ = listener.accept()
        # The kernel delays nothing on a connection that is new.
        return min([turn(link, peer) for _ in range(50)][-5:])
"""


def test_what_arrives_on_the_loopback_is_acknowledged_at_once(function):
    # The kernel's delay is 40 ms at least.
    assert function(ACKNOWLEDGED).invoke().value < 0.03
