# frozen_string_literal: true

require 'json'

# The context object that a handler gets. AWS's clients have it under this name, at the top.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name,
              :memory_limit_in_mb, :function_version, :identity, :client_context, :deadline_ms, :tenant_id

  def initialize(event)
    @aws_request_id = event.request_id
    @invoked_function_arn = event.header('invoked-function-arn')
    @deadline_ms = event.deadline_ms
    @tenant_id = event.header('aws-tenant-id')
    @identity = parsed(event.header('cognito-identity'))
    @client_context = parsed(event.header('client-context'))
    @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
    @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
    @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
    @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
    @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
  end

  def get_remaining_time_in_millis # rubocop:disable Naming/AccessorMethodName -- AWS's name
    [@deadline_ms - Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond), 0].max
  end

  private

  def parsed(text)
    text && JSON.parse(text)
  end
end
