# frozen_string_literal: true

module MayflyLambda
  # The function's handler: a method at the top of a file, or of a class in it.
  class Handler
    # Requires the file of `file.method` or `file.Class.method`.
    def self.load(name)
      file, *path = name.split('.')
      unless [1, 2].include?(path.size)
        raise ArgumentError, "Invalid handler #{name.split('.')}, must be of form FILENAME.METHOD or " \
                             'FILENAME.CLASS.METHOD where FILENAME corresponds with an existing Ruby source file ' \
                             'FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a callable ' \
                             'method. If using CLASS, METHOD must be a class-level method.'
      end
      require file
      new(*path)
    end

    def initialize(owner = nil, method)
      @owner = owner
      @method = method
    end

    def call(event, context)
      receiver = @owner ? Kernel.const_get(@owner) : TOPLEVEL_BINDING.receiver
      receiver.__send__(@method, event: event, context: context)
    end
  end
end
