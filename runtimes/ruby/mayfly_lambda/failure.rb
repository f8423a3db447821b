# frozen_string_literal: true

module MayflyLambda
  # What a function is told to have done wrong.
  class Failure
    # AWS names only these in its own records; the caller always sees the class.
    KNOWN = %w[
      ArgumentError NoMethodError Exception StandardError NameError LoadError SystemExit SystemStackError
    ].freeze
    FRAMES_MAX = 100
    CLIENT = "#{__dir__}/"

    def initialize(error, phase)
      @error = error
      @type = "#{phase}<#{error.class}>"
    end

    # For the platform's own records.
    def reported_type
      KNOWN.include?(@error.class.to_s) ? @type : 'Function<UserException>'
    end

    def document
      { errorMessage: Output.readable(@error.message), errorType: @type, stackTrace: frames }
    end

    private

    # The stack below this client.
    def frames
      (@error.backtrace || []).first(FRAMES_MAX).take_while { |frame| !frame.start_with?(CLIENT) }
    end
  end
end
