# frozen_string_literal: true

require_relative 'api'
require_relative 'handler'

module MayflyLambda
  # Plays a first invocation before there is a function.
  #
  # A process that waits for its function has time. What it would do for the first time while somebody waits for the
  # answer, it does now: touch the memory of the client, read from and write to the connection. It leaves nothing behind
  # that a function can see.
  module Rehearsal
    # The platform refuses an answer to an invocation that does not exist, which is an answer too.
    EVENT = Event.new({ 'lambda-runtime-aws-request-id' => 'rehearsal', 'lambda-runtime-mayfly-timeout-ms' => '0',
                        'content-type' => 'application/json' }.freeze, '{"rehearsal": [1, 2.5, null]}')
    ROUNDS = 10

    # The function that is played while there is none.
    class Stage
      def self.handler(event:, context:)
        context && event
      end
    end

    # Takes the part of the platform in a zygote, which has none.
    class Absent
      def respond(request_id, body, content_type); end
    end

    # The block takes the handler and the event to the answer. Whose zygote has rehearsed needs only touch its own memory.
    def self.play(was_rehearsed: false)
      handler = Handler.new(Stage.name, 'handler')
      (was_rehearsed ? 1 : ROUNDS).times { yield handler, EVENT }
      Output.request_id = nil
      # Not while somebody waits.
      GC.start unless was_rehearsed
    end
  end
end
