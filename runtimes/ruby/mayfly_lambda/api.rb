# frozen_string_literal: true

require 'json'
require 'socket'

module MayflyLambda
  # One invocation as `next` gives it. Headers keep their lower-case names; those that were not sent are nil.
  Event = Struct.new(:headers, :body) do
    def header(name)
      headers["lambda-runtime-#{name}"]
    end

    def request_id
      header('aws-request-id')
    end

    # An event that was there before it was asked for says how long it may take, from now.
    def deadline_ms
      return header('deadline-ms').to_i unless came_ahead?

      Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) + header('mayfly-timeout-ms').to_i
    end

    def came_ahead?
      headers.key?('lambda-runtime-mayfly-timeout-ms')
    end
  end

  # The Runtime API over one kept connection.
  #
  # This is the warm path, so there is no HTTP library on it: the server sends every answer with a Content-Length and
  # header names that are known, which leaves little to parse.
  class RuntimeApi
    PREFIX = '/2018-06-01/runtime/'

    SOCKET = '_MAYFLY_RUNTIME_API_SOCKET'

    def initialize(environment = ENV)
      @host = environment.fetch('AWS_LAMBDA_RUNTIME_API')
      # Nobody else's business.
      @path = environment.delete(SOCKET)
      @socket = connect
    end

    # What this took out of the environment.
    def variables
      { SOCKET => @path }
    end

    # Waits for the variables of the function that this process is to serve.
    def settings
      status, _headers, body = call("GET #{PREFIX}mayfly/settings HTTP/1.1\r\nHost: #{@host}\r\n\r\n", held_back: 1)
      raise IOError, "the Runtime API answered #{status} to settings: #{body}" unless status == 200

      # What the platform says of the process itself was known before.
      JSON.parse(body).tap { |variables| [SOCKET, Output::DESCRIPTOR].each { |name| variables.delete(name) } }
    end

    # The last byte of the settings comes when the function's code is there.
    def wait_for_code
      @socket.read(1)
    end

    # Waits for the next event, however long that takes.
    def next
      status, headers, body = call("GET #{PREFIX}invocation/next HTTP/1.1\r\nHost: #{@host}\r\n\r\n")
      raise IOError, "the Runtime API answered #{status} to next: #{body}" unless status == 200

      Event.new(headers, body)
    end

    # A response that is refused, because it is too large, is the platform's to report.
    def respond(request_id, body, content_type)
      post("invocation/#{request_id}/response", body, "Content-Type: #{content_type}\r\n")
    end

    def fail(request_id, body, error_type)
      post("invocation/#{request_id}/error", body, error_headers(error_type))
    end

    def fail_init(body, error_type)
      post('init/error', body, error_headers(error_type))
    end

    private

    def connect
      return UNIXSocket.new(@path) if @path

      host, port = @host.split(':')
      TCPSocket.new(host, port).tap { |socket| socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1) }
    end

    def error_headers(error_type)
      name = error_type.gsub(/[^\x20-\x7e]/, '')
      "Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: #{name}\r\n"
    end

    def post(path, body, headers)
      length = "Content-Length: #{body.bytesize}\r\n"
      call("POST #{PREFIX}#{path} HTTP/1.1\r\nHost: #{@host}\r\n#{headers}#{length}\r\n".b << body.b)
    end

    def call(request, held_back: 0)
      @socket.write(request)
      status = line.split(' ', 3)[1].to_i
      headers = {}
      until (text = line).empty?
        name, value = text.split(': ', 2)
        headers[name.downcase] = value
      end
      body = @socket.read(headers.fetch('content-length').to_i - held_back)
      [status, headers, body.force_encoding(Encoding::UTF_8)]
    end

    def line
      text = @socket.gets("\r\n") or raise EOFError, 'the Runtime API closed the connection'
      text.force_encoding(Encoding::UTF_8).chomp("\r\n")
    end
  end
end
