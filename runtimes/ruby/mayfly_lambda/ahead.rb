# frozen_string_literal: true

module MayflyLambda
  # Files of Ruby's library that are compiled ahead of need, in a process whose children share them. Their code runs
  # when a program requires them and not before, and which file a name stands for is found as ever: only reading and
  # compiling is spared. So a program sees what it would see without them.
  module Ahead
    # What is compiled, with all that these require. Gems are there when they were installed for this Ruby.
    FEATURES = %w[
      base64 benchmark bigdecimal bigdecimal/util cgi csv date delegate digest digest/sha2 erb fileutils forwardable
      open-uri open3 openssl optparse ostruct pathname pp psych securerandom set shellwords singleton strscan tempfile
      time timeout tmpdir uri yaml zlib
      aws-sdk-core aws-sdk-dynamodb aws-sdk-s3
    ].freeze

    class << self
      # Returns the native libraries among the files, for these are not compiled.
      def fill
        sources, native = files.partition { |path| path.end_with?('.rb') }
        @compiled = sources.to_h { |path| [path, RubyVM::InstructionSequence.compile_file(path)] }
        # Ruby asks this before it reads a file. A library of the function's that keeps compiled code takes its place.
        RubyVM::InstructionSequence.define_singleton_method(:load_iseq) { |path| Ahead.take(path) }
        native
      end

      # Once, as code runs once; a file that is loaded again may have changed.
      def take(path)
        @compiled.delete(path)
      end

      private

      # Another process finds out, and loads them.
      def files
        IO.popen('-') do |found|
          next found.read.split("\0") if found

          before = $LOADED_FEATURES.dup
          FEATURES.each { |name| load_if_there(name) }
          $stdout.write(($LOADED_FEATURES - before).select { |path| File.file?(path) }.join("\0"))
          exit!(0)
        end
      end

      # Not every Ruby was built with everything.
      def load_if_there(name)
        require name
      rescue LoadError
        nil
      end
    end
  end
end
