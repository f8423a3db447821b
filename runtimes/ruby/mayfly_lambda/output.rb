# frozen_string_literal: true

require 'json'
require 'logger'

module MayflyLambda
  # Where records go. When the platform names a descriptor in `_LAMBDA_TELEMETRY_LOG_FD`, each record is written there
  # as one frame: type, length, time, text. So a record may span lines.
  class Sink
    FRAME = 0xa55a0002
    TEXT = 1
    # A level that AWS has not: no record, but where the init ends.
    END_OF_INIT = 7
    # Names the level of the record that a thread is writing.
    LEVEL = :mayfly_log_level
    LEVELS = { 'TRACE' => 1, 'DEBUG' => 2, 'INFO' => 3, 'WARN' => 4, 'ERROR' => 5, 'FATAL' => 6 }.freeze

    def initialize(descriptor)
      @form = TEXT
      @file = IO.for_fd(descriptor, 'wb', autoclose: false)
      @file.sync = true
    end

    def is_json=(is_json)
      @form = is_json ? 0 : TEXT
    end

    # A device of Logger's.
    def write(text, level = Thread.current[LEVEL])
      write_frame(text.b, LEVELS.fetch(level.to_s, 0))
    end

    def end_init
      write_frame(''.b, END_OF_INIT)
    end

    def write_frame(bytes, level)
      kind = FRAME | (level << 2) | @form
      time = Process.clock_gettime(Process::CLOCK_REALTIME, :microsecond)
      @file.write([kind, bytes.bytesize, time].pack('L>L>Q>') << bytes)
    end

    def close; end

    def reopen(_log = nil)
      self
    end
  end

  # `I, [2026-11-23T12:00:00.123456 #8]  INFO <request id> -- program: message`
  class TextFormatter < Logger::Formatter
    LINE = "%s, [%s #%d] %5s %s -- %s: %s\n"

    def call(severity, time, program, message)
      text = format(LINE, severity[0], format_datetime(time), Process.pid, severity, Output.request_id, program,
                    msg2str(message))
      Output.readable(text)
    end
  end

  # One JSON document for each record.
  class JsonFormatter < Logger::Formatter
    def call(severity, time, program, message)
      record = { timestamp: time.getutc.strftime('%Y-%m-%dT%H:%M:%S.%6NZ'), level: severity }
      record[:message] = Output.readable(message.is_a?(Exception) ? message.message : msg2str(message))
      record[:requestId] = Output.request_id
      record[:logger] = program.to_s unless program.nil? || program.to_s.empty?
      record.merge!(error_fields(message)) if message.is_a?(Exception)
      "#{JSON.generate(record.compact)}\n"
    end

    private

    def error_fields(error)
      {
        errorType: error.class.to_s,
        errorMessage: Output.readable(error.message),
        stackTrace: Array(error.backtrace).map { |frame| Output.readable(frame) },
        location: location(error)
      }
    end

    # `file:method:line`, as AWS writes it.
    def location(error)
      first = error.backtrace&.first or return
      file, line, name = first.match(/\A(.+):(\d+):in [`'](.+)'\z/)&.captures
      file ? "#{file}:#{name}:#{line}" : first
    end
  end

  # Loggers on the standard streams write records of the invocation.
  module RecordingLogger
    def initialize(device = nil, *arguments, **options)
      return super unless device.nil? || device == $stdout || device == $stderr

      options[:level] ||= Output.level
      super(Output.sink || $stdout, *arguments, **options)
      @default_formatter = Output.is_json ? JsonFormatter.new : TextFormatter.new
    end

    private

    # The device is told the text only; it takes the level from here.
    def format_message(severity, *rest)
      Thread.current[Sink::LEVEL] = severity
      super
    end
  end

  # `puts` of a handler: one record, whatever lines it has.
  module RecordingPuts
    private

    def puts(*values)
      return super unless Output.sink && $stdout.equal?(STDOUT)

      lines = values.flatten.map { |value| "#{value.to_s.chomp}\n" }
      Output.sink.write(Output.readable(lines.empty? ? "\n" : lines.join), nil)
    end
  end

  # The sink, the loggers on it, and the format that they follow.
  module Output
    DESCRIPTOR = '_LAMBDA_TELEMETRY_LOG_FD'

    class << self
      attr_accessor :request_id
      attr_reader :sink, :is_json, :level

      # What does not depend on where the process is.
      def set_up(environment = ENV)
        $stdout.sync = true
        $stderr.sync = true
        # Nobody else's business.
        @descriptor = environment.delete(DESCRIPTOR)
        Kernel.prepend(RecordingPuts) if @descriptor
        Logger.prepend(RecordingLogger)
      end

      # What this took out of the environment.
      def variables
        { DESCRIPTOR => @descriptor }
      end

      # What follows is the invocation's, although the platform has not begun it yet.
      def end_init
        sink&.end_init
      end

      # Begins to write to this process's streams.
      def open
        return unless @descriptor

        # What native code and child processes write keeps its place among the records.
        $stderr.reopen($stdout) if @descriptor == '1'
        @sink = Sink.new(@descriptor.to_i)
      end

      # Writes as the function wants it.
      def follow(environment = ENV)
        @is_json = environment['AWS_LAMBDA_LOG_FORMAT'].to_s.casecmp?('JSON')
        @sink.is_json = @is_json if @sink
        @level = level_named(environment['AWS_LAMBDA_LOG_LEVEL'].to_s.upcase)
      end

      # The record of an error that ended an invocation, or the process.
      def error(title, document)
        if @is_json
          time = Time.now.getutc.strftime('%Y-%m-%dT%H:%M:%S.%6NZ')
          record = { timestamp: time, level: 'ERROR', message: title, requestId: @request_id, **document }
          write("#{JSON.generate(record.compact)}\n", 'ERROR')
        else
          write("#{title}\n", nil)
          write("#{JSON.pretty_generate(document)}\n", nil)
        end
      end

      # The text with what is no UTF-8 replaced, so that it can be a record.
      def readable(text)
        text = text.to_s
        text = text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace) unless text.encoding == Encoding::UTF_8
        text.scrub
      end

      private

      def write(text, level)
        @sink ? @sink.write(text, level) : $stdout.write(text)
      end

      # Ruby has no TRACE.
      def level_named(name)
        { 'INFO' => Logger::INFO, 'WARN' => Logger::WARN, 'ERROR' => Logger::ERROR, 'FATAL' => Logger::FATAL }
          .fetch(name, Logger::DEBUG)
      end
    end
  end
end
