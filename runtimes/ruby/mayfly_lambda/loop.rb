# frozen_string_literal: true

require_relative 'loaded'
require_relative 'api'
require_relative 'context'
require_relative 'failure'
require_relative 'handler'
require_relative 'marshaller'
require_relative 'output'
require_relative 'place'
require_relative 'rehearsal'
require_relative 'zygote'

module MayflyLambda
  # A request as the marshaller reads it.
  RawRequest = Struct.new(:event) do
    def body
      event.body
    end

    def [](name)
      event.headers[name.downcase]
    end
  end

  # The life of the runtime process: load the handler, then one event after the other.
  class Loop
    EXIT_CRITICAL = -1
    EXIT_INIT = -4

    def self.run(environment = ENV)
      new(environment).run
    end

    def initialize(environment)
      @environment = environment
      Output.set_up(environment)
    end

    def run
      become_child if Zygote.here?
      Output.open
      @api = RuntimeApi.new(@environment)
      wait_for_function unless Place.known?
      Output.follow(@environment)
      handler = load
      loop do
        event = @api.next
        Output.end_init if event.came_ahead?
        serve(handler, event)
      end
    end

    private

    def become_child
      @api = Rehearsal::Absent.new
      Rehearsal.play { |handler, event| serve(handler, event) }
      @place = Place.new
      @is_awaited = Zygote.become_child
    end

    def wait_for_function
      rehearse unless @is_awaited
      @place.take(@api.settings)
      @api.wait_for_code
      @place.enter
      Place.start_over({ **@api.variables, **Output.variables }) unless @place.suits?
    end

    def rehearse
      Rehearsal.play(was_rehearsed: !@place.nil?) { |handler, event| serve(handler, event) }
      @place ||= Place.new
      @place.rehearse
    end

    def load
      root = @environment.fetch('LAMBDA_TASK_ROOT')
      $LOAD_PATH.unshift(root) unless $LOAD_PATH.include?(root)
      Handler.load(@environment.fetch('_HANDLER'))
    rescue Exception => e # rubocop:disable Lint/RescueException -- an exit during init is an error too
      failure = Failure.new(e, 'Init')
      Output.error("Init error when loading handler #{@environment['_HANDLER']}", failure.document)
      @api.fail_init(failure.document.to_json, failure.reported_type)
      exit(EXIT_INIT)
    end

    def serve(handler, event)
      Output.request_id = event.request_id
      trace_id = event.header('trace-id')
      trace_id ? ENV['_X_AMZN_TRACE_ID'] = trace_id : ENV.delete('_X_AMZN_TRACE_ID')
      respond(event, *handled(handler, event))
    rescue NameError => e
      critical(event, e)
    rescue StandardError => e
      report(event, 'Error raised from handler method', e)
    rescue Exception => e # rubocop:disable Lint/RescueException -- AWS reports an exit, too, then goes
      critical(event, e)
    end

    def handled(handler, event)
      context = LambdaContext.new(event)
      AwsLambda::Marshaller.marshall_response(
        handler.call(AwsLambda::Marshaller.marshall_request(RawRequest.new(event)), context)
      )
    end

    def respond(event, body, content_type = 'application/json')
      body = body.read if body.respond_to?(:read)
      @api.respond(event.request_id, body, content_type)
    end

    # The process cannot be trusted any more.
    def critical(event, error)
      report(event, 'Critical exception from handler', error)
      exit(EXIT_CRITICAL)
    end

    def report(event, title, error)
      failure = Failure.new(error, 'Function')
      Output.error(title, failure.document)
      @api.fail(event.request_id, failure.document.to_json, failure.reported_type)
    end
  end
end
