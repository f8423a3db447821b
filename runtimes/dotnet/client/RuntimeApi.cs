using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mayfly.Lambda
{
    /// <summary>
    /// The Runtime API over one kept connection.
    ///
    /// This is the warm path, so there is no HTTP library on it: the server sends every answer with a Content-Length
    /// and header names that are known, which leaves little to parse.
    /// </summary>
    internal sealed class RuntimeApi
    {
        private const string Prefix = "/2018-06-01/runtime/";
        private const int BufferBytes = 64 * 1024;

        private readonly string host;
        private readonly NetworkStream connection;
        private readonly BufferedStream input;

        /// <summary>Where there is no socket, the host is called.</summary>
        internal RuntimeApi(string host, string socket)
        {
            this.host = host;
            connection = new NetworkStream(Connect(host, socket), ownsSocket: true);
            input = new BufferedStream(connection, BufferBytes);
        }

        /// <summary>Waits for the next event, however long that takes.</summary>
        internal Event Next()
        {
            var (status, headers, body) = Call($"GET {Prefix}invocation/next HTTP/1.1\r\nHost: {host}\r\n\r\n", null);
            if (status != 200)
            {
                throw new IOException($"the Runtime API answered {status} to invocation/next");
            }
            return new Event(headers, body);
        }

        /// <summary>A response that is refused, because it is too large, is the platform's to report.</summary>
        internal void Respond(string requestId, MemoryStream body) =>
            Post($"invocation/{requestId}/response", body, "");

        internal void Fail(string requestId, Failure failure) => PostFailure($"invocation/{requestId}/error", failure);

        internal void FailInit(Failure failure) => PostFailure("init/error", failure);

        private void PostFailure(string path, Failure failure) =>
            Post(path, failure.Document(), $"Lambda-Runtime-Function-Error-Type: {failure.Type}\r\n");

        private void Post(string path, MemoryStream body, string headers) =>
            Call(
                $"POST {Prefix}{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
                    + $"{headers}Content-Length: {body.Length}\r\n\r\n",
                body);

        private (int Status, Dictionary<string, string> Headers, byte[] Body) Call(string head, MemoryStream body)
        {
            var request = new MemoryStream(head.Length + (int)(body?.Length ?? 0));
            request.Write(Encoding.ASCII.GetBytes(head));
            body?.WriteTo(request);
            connection.Write(request.GetBuffer(), 0, (int)request.Length);
            var status = int.Parse(Line().Split(' ', 3)[1]);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            for (var line = Line(); line.Length > 0; line = Line())
            {
                var colon = line.IndexOf(": ", StringComparison.Ordinal);
                headers[line.Substring(0, colon)] = line.Substring(colon + 2);
            }
            return (status, headers, Read(int.Parse(headers["Content-Length"])));
        }

        private string Line()
        {
            var line = new MemoryStream();
            for (var next = input.ReadByte(); next != '\n'; next = input.ReadByte())
            {
                if (next < 0)
                {
                    throw new EndOfStreamException("the Runtime API closed the connection");
                }
                if (next != '\r')
                {
                    line.WriteByte((byte)next);
                }
            }
            return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
        }

        private byte[] Read(int length)
        {
            var body = new byte[length];
            var filled = 0;
            while (filled < length)
            {
                var count = input.Read(body, filled, length - filled);
                if (count == 0)
                {
                    throw new EndOfStreamException("the Runtime API closed the connection");
                }
                filled += count;
            }
            return body;
        }

        private static Socket Connect(string host, string path)
        {
            if (path != null)
            {
                var local = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                local.Connect(new UnixDomainSocketEndPoint(path));
                return local;
            }
            var colon = host.LastIndexOf(':');
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(new DnsEndPoint(host.Substring(0, colon), int.Parse(host.Substring(colon + 1))));
            return socket;
        }
    }
}
