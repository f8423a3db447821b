"""An extension that its vendor publishes, as it is: Sentry's, which listens on a port of its own, takes there what the
function reports and sends it on."""

from mayfly import NODE_RUNTIME, package
from subjects import complete, fill, kept, run, tree
from test_extensions import line
from test_layers import publish  # noqa: F401 - a fixture

SENTRY = "@sentry/aws-serverless@10.75.2"

# The function is the vendor's server, too, so that nothing leaves the sandbox.
HANDLER = """
const http = require('http');
const { buffer } = require('stream/consumers');
const PORT = 9100;

exports.handler = async (event) => {
    const arrived = new Promise((resolve) => {
        const server = http.createServer(async (request, response) => {
            const body = (await buffer(request)).toString();
            // The next invocation has another server: nothing may be sent on this connection again.
            response.setHeader('connection', 'close').end();
            server.close();
            resolve([request.url.split('?')[0], body]);
        });
        server.listen(PORT, '127.0.0.1');
    });
    const body = JSON.stringify({ dsn: `http://key@127.0.0.1:${PORT}/7` }) + '\\n' + event;
    const extension = { host: '127.0.0.1', port: 9000, path: '/envelope', method: 'POST', agent: false };
    const status = await new Promise((resolve, reject) => {
        http.request(extension, (answer) => resolve(answer.statusCode)).on('error', reject).end(body);
    });
    return [status, ...(await arrived)];
};
"""


def extension():
    """The files of a layer, laid out as in the vendor's own."""
    folder, missing = kept("sentry", SENTRY)
    if missing:
        run("npm", "pack", "--silent", "--pack-destination", fill(folder), SENTRY)
        [archive] = folder.glob("*.tgz")
        run("tar", "-xf", archive, "-C", folder)
        complete(folder)
    files = tree(folder / "package" / "build" / "lambda-extension")
    return {
        "extensions/sentry-extension": files["sentry-extension"],
        "sentry-extension/index.mjs": files["index.mjs"],
    }


def test_sentry_s_extension_sends_on_what_a_function_reports(function, publish, logs_client):  # noqa: F811
    files = extension()
    arn = publish(files, executable=files)
    deployed = function(
        package=package({"index.js": HANDLER}), Runtime=NODE_RUNTIME, Layers=[arn], Timeout=20, MemorySize=512
    )
    for report in ["the first report", "the second"]:
        answer = deployed.invoke(report)
        assert answer.error is None, answer.log
        status, path, body = answer.value
        assert (status, path) == (200, "/api/7/envelope/")
        assert body.endswith(f"\n{report}")
    ready = "EXTENSION\tName: sentry-extension\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"
    assert line(logs_client, deployed, "EXTENSION") == ready
    assert "SENTRY_DSN is not set" in line(logs_client, deployed, "Sentry Lambda extension: ")
