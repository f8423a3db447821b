# frozen_string_literal: true

require_relative 'ahead'

module MayflyLambda
  # A process that has loaded what every runtime loads, has compiled what functions commonly require, and forks the
  # runtimes that serve them.
  #
  # It is the same program as any runtime, so nothing of the fork shows in a child's arguments and variables. The library
  # that Mayfly puts beside it takes each child to its sandbox. Newer versions of Ruby have a thread of their own, which
  # rests only while Ruby forks, so the zygote stays within a fork. It never sees anything of a function.
  module Zygote
    # A zygote has this file, and no sandbox.
    LIBRARY = '/run/zygote.so'

    class << self
      def here?
        File.exist?(LIBRARY)
      end

      # Returns in the processes that are forked, each in its sandbox; true where somebody waits for it.
      def become_child
        with_fiddle { |fiddle| prepare(fiddle) }
        settle_memory
        # The parent is no zygote but the child's way into its sandbox, and ends.
        exit!(0) if fork
        # Ruby's own way to hear of children that end, which the zygote gave up.
        trap('CHLD', 'DEFAULT')
        @is_awaited.call == 1
      end

      private

      # Calls of native code are no part of what a function finds: it loads the library for itself.
      def with_fiddle
        kept = [$LOADED_FEATURES, $LOAD_PATH, Gem.loaded_specs].map { |list| [list, list.dup] }
        require 'fiddle'
        yield Object.const_get(:Fiddle)
        Object.send(:remove_const, :Fiddle)
        kept.each { |list, before| list.replace(before) }
        # What is loaded is looked up by real paths, which Ruby finds out anew at the first require after such a change.
        require 'json'
      end

      def prepare(fiddle)
        map_libraries(fiddle, Ahead.fill)
        library = fiddle.dlopen(LIBRARY)
        @is_awaited = function(fiddle, library['zygote_is_awaited'], 0)
        error = function(fiddle, library['zygote_start'], 0).call
        exit!(error) unless error.zero?
        # The last argument is unknown to the call of the second name, and so is not looked at.
        register = function(fiddle, symbol(fiddle, '__register_atfork', 'pthread_atfork'), 4)
        register.call(library['zygote_before_fork'], nil, library['zygote_after_fork'], nil)
      end

      # Libraries that are there already are found at once when their code is to run.
      def map_libraries(fiddle, paths)
        libraries = paths.map { |path| fiddle.dlopen(path) }
        # OpenSSL reads its settings and texts. It sets up no random generator before one is used.
        libraries.each { |library| set_up_openssl(fiddle, library) }
      end

      def set_up_openssl(fiddle, library)
        function(fiddle, library['OPENSSL_init_ssl'], 2).call(0, nil)
      rescue fiddle::DLError
        nil
      end

      def symbol(fiddle, *names)
        names.each do |name|
          return fiddle::Handle::DEFAULT[name]
        rescue fiddle::DLError
          next
        end
      end

      def function(fiddle, address, arguments)
        fiddle::Function.new(address, [fiddle::TYPE_VOIDP] * arguments, fiddle::TYPE_INT)
      end

      # What is there now is garbage in no child, and a collection should write to few pages that all of them share.
      def settle_memory
        return Process.warmup if Process.respond_to?(:warmup)

        # An object is old, and left alone by most collections, when it has survived three.
        4.times { GC.start }
        GC.compact if GC.respond_to?(:compact)
      end
    end
  end
end
