# frozen_string_literal: true

require 'json'
require 'stringio'

# How events and results become Ruby's values and bytes. AWS lets a function redefine these methods, so they keep
# AWS's names and meaning.
module AwsLambda
  # Converts between the wire and the handler.
  class Marshaller
    class << self
      # The event of a request, whose headers are read by name and whose text is its `body`.
      def marshall_request(raw_request)
        return raw_request.body unless raw_request['Content-Type'] == 'application/json'

        JSON.parse(raw_request.body)
      end

      # The bytes of a result, or these and their content type. A stream passes as it is.
      def marshall_response(method_response)
        case method_response
        when StringIO, IO then [method_response, 'application/unknown']
        else method_response.to_json
        end
      end
    end
  end
end
