# frozen_string_literal: true

require 'fileutils'
require 'json'
require 'rbconfig'
require 'socket'
require 'tmpdir'

# A Runtime API that hands out one event, notes what is posted, and collects the output.
class FakePlatform
  BOOTSTRAP = File.expand_path('../bootstrap.rb', __dir__)
  REQUEST_ID = '8f507cfc-0000-4697-b07a-ac58fc914c90'

  attr_reader :posts, :output, :code

  # Runs the client on `app.rb` until the event is answered or it ends by itself. A client that is parked starts without
  # the function's variables and asks for them.
  def self.run(code, **options)
    Dir.mktmpdir { |folder| new(folder).tap { |platform| platform.run(code, **options) } }
  end

  def initialize(folder)
    @folder = folder
    @path = "#{folder}/api.sock"
    @posts = []
  end

  def run(code, files: {}, parked: false, environment: {})
    { 'task/app.rb' => code, **files }.each { |name, text| write("#{@folder}/#{name}", text) }
    every = { 'AWS_LAMBDA_RUNTIME_API' => '127.0.0.1:9001', '_MAYFLY_RUNTIME_API_SOCKET' => @path,
              '_LAMBDA_TELEMETRY_LOG_FD' => '1', 'LC_CTYPE' => 'C.UTF-8', 'RUBYLIB' => "#{@folder}/task",
              'GEM_PATH' => "#{@folder}/gems" }
    @settings = { **every, 'LAMBDA_TASK_ROOT' => "#{@folder}/task", '_HANDLER' => 'app.handler', **environment }
    listener = UNIXServer.new(@path)
    serving = Thread.new { loop { converse(listener.accept) } }
    started(parked ? every : @settings)
    serving.kill.join
    listener.close
  end

  def value
    JSON.parse(@posts.fetch(0)[1])
  end

  private

  def write(path, text)
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, text)
  end

  def started(variables)
    program = [RbConfig.ruby, BOOTSTRAP]
    IO.popen([variables, *program, { unsetenv_others: true }], 'rb') do |stream|
      @pid = stream.pid
      @output = stream.read
    end
    @code = $?.exitstatus
  end

  # A client that starts over comes with another connection. One that asks for its settings has its event with them.
  def converse(connection)
    is_there = false
    while (line = connection.gets)
      verb, path = line.split
      length = headers(connection)['content-length'].to_i
      body = connection.read(length)
      next is_there = false if is_there && path.end_with?('/next')

      is_there = path.end_with?('/settings')
      connection.write(answer(verb, path, body))
    end
  rescue Errno::ECONNRESET
    # One that starts over leaves its event unread.
  end

  def headers(connection)
    connection.each_line("\r\n", chomp: true).take_while { |line| !line.empty? }.to_h { |line| line.downcase.split(': ', 2) }
  end

  def answer(verb, path, body)
    return text('400 Bad Request', '{}') if path.include?('/rehearsal/')
    return text('200 OK', "#{@settings.to_json}\n") + event('Mayfly-Timeout-Ms: 60000') if path.end_with?('/settings')

    @posts << [path, body] if verb == 'POST'
    return text('202 Accepted', '') if verb == 'POST'
    return Process.kill(:KILL, @pid) && '' unless @posts.empty?

    event('Deadline-Ms: 99999999999999')
  end

  def event(limit)
    text('200 OK', '{}', "Lambda-Runtime-Aws-Request-Id: #{REQUEST_ID}\r\nLambda-Runtime-#{limit}\r\n")
  end

  def text(status, body, headers = '')
    "HTTP/1.1 #{status}\r\n#{headers}Content-Type: application/json\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}"
  end
end
